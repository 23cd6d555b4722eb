/* A ring of chunks. The calling thread fills them at the tail and delivers them at the head; threads take
 * what lies between, in order. Order costs nothing, memory is the ring's. */
#include "harness/replay/parts.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNKS_PER_THREAD = 4, THREADS_MOST = 256, CHUNK_BYTES = 8 * 1024 * 1024 };

struct Crew {
  const Replay *replay;
  ChunkSink sink;
  void *subject;
  Chunk *ring;
  size_t size;
  size_t head, next, tail; /* to be delivered, to be evaluated, to be filled: head <= next <= tail */
  pthread_mutex_t lock;
  pthread_cond_t filled, done;
  pthread_t threads[THREADS_MOST];
  int thread_count;
  bool closing;
  bool stopped;
  Arena *lasting; /* of `paths`, which the calling thread uses when it works alone */
  PathCache *paths;
};

static void evaluate(const Crew *crew, PathCache *paths, Chunk *chunk) {
  for (size_t i = 0; i < chunk->count; i++)
    task_evaluate(crew->replay, &chunk->tasks[i], paths, chunk->arena, &chunk->verdicts[i]);
}

static void *work(void *subject) {
  Crew *crew = subject;
  Arena *lasting = arena_new(0);
  PathCache *paths = path_cache_new(lasting);
  pthread_mutex_lock(&crew->lock);
  for (;;) {
    while (crew->next == crew->tail && !crew->closing) pthread_cond_wait(&crew->filled, &crew->lock);
    if (crew->next == crew->tail) break;
    Chunk *chunk = &crew->ring[crew->next++ % crew->size];
    pthread_mutex_unlock(&crew->lock);
    evaluate(crew, paths, chunk);
    pthread_mutex_lock(&crew->lock);
    chunk->done = true;
    pthread_cond_signal(&crew->done);
  }
  pthread_mutex_unlock(&crew->lock);
  arena_free(lasting);
  return NULL;
}

Crew *crew_start(const Replay *replay, int jobs, ChunkSink sink, void *subject) {
  Crew *crew = memory_alloc(sizeof *crew);
  memset(crew, 0, sizeof *crew);
  crew->replay = replay;
  crew->sink = sink;
  crew->subject = subject;
  int threads = jobs > THREADS_MOST ? THREADS_MOST : jobs;
  crew->size = threads > 1 ? (size_t)threads * CHUNKS_PER_THREAD : 1;
  crew->ring = memory_alloc(crew->size * sizeof(Chunk));
  memset(crew->ring, 0, crew->size * sizeof(Chunk));
  for (size_t i = 0; i < crew->size; i++) crew->ring[i].arena = arena_new(0);
  crew->lasting = arena_new(0);
  crew->paths = path_cache_new(crew->lasting);
  pthread_mutex_init(&crew->lock, NULL);
  pthread_cond_init(&crew->filled, NULL);
  pthread_cond_init(&crew->done, NULL);
  /* Fewer threads than wanted are fine; none means that the calling one does the work. */
  for (int i = 0; threads > 1 && i < threads; i++)
    if (pthread_create(&crew->threads[crew->thread_count], NULL, work, crew) == 0) crew->thread_count++;
  return crew;
}

static bool deliver_oldest(Crew *crew, Fault *fault) {
  Chunk *chunk = &crew->ring[crew->head % crew->size];
  pthread_mutex_lock(&crew->lock);
  while (!chunk->done) pthread_cond_wait(&crew->done, &crew->lock);
  pthread_mutex_unlock(&crew->lock);
  bool more = crew->stopped || crew->sink(crew->subject, chunk, fault);
  if (!more) crew->stopped = true;
  arena_reset(chunk->arena);
  chunk->count = 0;
  chunk->done = false;
  crew->head++;
  return more;
}

static void submit(Crew *crew) {
  Chunk *chunk = &crew->ring[crew->tail % crew->size];
  if (crew->thread_count == 0) {
    evaluate(crew, crew->paths, chunk);
    chunk->done = true;
    crew->next++;
    crew->tail++;
    return;
  }
  pthread_mutex_lock(&crew->lock);
  crew->tail++;
  pthread_cond_signal(&crew->filled);
  pthread_mutex_unlock(&crew->lock);
}

/* By number of tasks or by memory: bodies may be large, and much may have been read that nobody wanted. */
static bool is_full(const Chunk *chunk) {
  return chunk->count == CHUNK_TASKS || (chunk->count > 0 && arena_used(chunk->arena) > CHUNK_BYTES);
}

Chunk *crew_chunk(Crew *crew, Fault *fault) {
  if (crew->stopped) return NULL;
  bool filling = crew->tail - crew->head < crew->size;
  if (filling && is_full(&crew->ring[crew->tail % crew->size])) submit(crew);
  if (crew->tail - crew->head == crew->size && !deliver_oldest(crew, fault)) return NULL;
  Chunk *chunk = &crew->ring[crew->tail % crew->size];
  if (chunk->count == 0) arena_reset(chunk->arena);
  return chunk;
}

bool crew_finish(Crew *crew, Fault *fault) {
  bool fine = !crew->stopped;
  if (fine && crew->tail - crew->head < crew->size && crew->ring[crew->tail % crew->size].count > 0)
    submit(crew);
  while (crew->head < crew->tail) fine = deliver_oldest(crew, fault) && fine;
  pthread_mutex_lock(&crew->lock);
  crew->closing = true;
  pthread_cond_broadcast(&crew->filled);
  pthread_mutex_unlock(&crew->lock);
  for (int i = 0; i < crew->thread_count; i++) pthread_join(crew->threads[i], NULL);
  for (size_t i = 0; i < crew->size; i++) arena_free(crew->ring[i].arena);
  pthread_cond_destroy(&crew->done);
  pthread_cond_destroy(&crew->filled);
  pthread_mutex_destroy(&crew->lock);
  arena_free(crew->lasting);
  free(crew->ring);
  free(crew);
  return fine;
}
