/* Compiled JSONPaths by their text: templates name the same few paths at every rendering. */
#include "harness/mapping/objects.h"

enum { CACHED_PATHS = 1024, CACHED_PATH_LENGTH = 1024, CACHE_PLACES = 2 * CACHED_PATHS };

typedef struct CachedPath {
  Text source;
  const JsonPath *path;
} CachedPath;

struct PathCache {
  Arena *lasting;
  size_t count;
  CachedPath places[CACHE_PLACES];
};

PathCache *path_cache_new(Arena *lasting) {
  PathCache *cache = ARENA_NEW(lasting, PathCache);
  cache->lasting = lasting;
  return cache;
}

static CachedPath *find_place(PathCache *cache, Text source) {
  for (size_t at = text_hash(source) % CACHE_PLACES;; at = (at + 1) % CACHE_PLACES)
    if (cache->places[at].path == NULL || text_equal(cache->places[at].source, source))
      return &cache->places[at];
}

const JsonPath *path_cache_compile(PathCache *cache, Text source, Arena *passing, Fault *fault) {
  JsonPath *path = NULL;
  if (cache == NULL || source.length > CACHED_PATH_LENGTH)
    return jsonpath_compile(source, passing, &path, fault) ? path : NULL;
  CachedPath *place = find_place(cache, source);
  if (place->path != NULL) return place->path;
  bool full = cache->count == CACHED_PATHS;
  if (!full) source = arena_copy_text(cache->lasting, source);
  if (!jsonpath_compile(source, full ? passing : cache->lasting, &path, fault)) return NULL;
  if (full) return path;
  *place = (CachedPath){source, path};
  cache->count++;
  return path;
}
