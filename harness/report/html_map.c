/* The map: a row an operation, a column a way from backend status to client status, a cell the verdicts that
 * went it. Its heat is the share of them that isn't as expected. */
#include "harness/report/html.h"

#include <stdlib.h>

typedef struct Way {
  Text backend;
  int actual;
  size_t differing, count;
} Way;

typedef struct Row {
  Text operation;
  HtmlClass worst;
  size_t differing;
} Row;

typedef struct MapCell {
  size_t count, differing;
  HtmlClass worst;
  int expected; /* of the differing ones; 0: not said */
  bool several; /* they expect different statuses */
  size_t group; /* the first of the worst ones */
} MapCell;

typedef struct WayMap {
  Row *rows;
  Way *ways;
  size_t row_count, way_count;
} WayMap;

static int by_place(const void *left, const void *right) {
  const Way *one = left, *other = right;
  int order = text_compare(one->backend, other->backend);
  return order != 0 ? order : one->actual - other->actual;
}

static int ways_by_weight(const void *left, const void *right) {
  const Way *one = left, *other = right;
  if (one->differing != other->differing) return one->differing > other->differing ? -1 : 1;
  if (one->count != other->count) return one->count > other->count ? -1 : 1;
  return by_place(left, right);
}

static int rows_by_weight(const void *left, const void *right) {
  const Row *one = left, *other = right;
  if (one->worst != other->worst) return one->worst < other->worst ? -1 : 1;
  if (one->differing != other->differing) return one->differing > other->differing ? -1 : 1;
  return text_compare(one->operation, other->operation);
}

static int rows_by_name(const void *left, const void *right) {
  return text_compare(((const Row *)left)->operation, ((const Row *)right)->operation);
}

static bool is_differing(HtmlClass class) {
  return class <= HTML_UNAPPROVED;
}

/* Equal neighbours become one. */
static void merge_rows(WayMap *map) {
  size_t kept = 0;
  for (size_t i = 0; i < map->row_count; i++) {
    Row *last = kept > 0 ? &map->rows[kept - 1] : NULL;
    if (last == NULL || !text_equal(last->operation, map->rows[i].operation)) {
      map->rows[kept++] = map->rows[i];
      continue;
    }
    if (map->rows[i].worst < last->worst) last->worst = map->rows[i].worst;
    last->differing += map->rows[i].differing;
  }
  map->row_count = kept;
}

static void merge_ways(WayMap *map) {
  size_t kept = 0;
  for (size_t i = 0; i < map->way_count; i++) {
    if (kept == 0 || by_place(&map->ways[kept - 1], &map->ways[i]) != 0) {
      map->ways[kept++] = map->ways[i];
      continue;
    }
    map->ways[kept - 1].differing += map->ways[i].differing;
    map->ways[kept - 1].count += map->ways[i].count;
  }
  map->way_count = kept;
}

static WayMap find_axes(const HtmlGroups *groups, Arena *arena) {
  WayMap map = {.rows = ARENA_ARRAY(arena, Row, groups->count + 1),
                .ways = ARENA_ARRAY(arena, Way, groups->count + 1)};
  for (size_t i = 0; i < groups->count; i++) {
    const HtmlGroup *group = &groups->items[i];
    size_t differing = is_differing(group->class) ? group->count : 0;
    if (group->rest || group->class == HTML_UNMAPPED) continue;
    map.rows[map.row_count++] = (Row){group->operation, group->class, differing};
    map.ways[map.way_count++] = (Way){group->backend, group->actual, differing, group->count};
  }
  if (map.row_count > 1) qsort(map.rows, map.row_count, sizeof(Row), rows_by_name);
  if (map.way_count > 1) qsort(map.ways, map.way_count, sizeof(Way), by_place);
  merge_rows(&map);
  merge_ways(&map);
  if (map.row_count > 1) qsort(map.rows, map.row_count, sizeof(Row), rows_by_weight);
  return map;
}

/* Past the limit only the weightiest ways stay, in their order. */
static void limit_ways(WayMap *map) {
  if (map->way_count <= HTML_MAP_COLUMNS) return;
  qsort(map->ways, map->way_count, sizeof(Way), ways_by_weight);
  map->way_count = HTML_MAP_COLUMNS;
  qsort(map->ways, map->way_count, sizeof(Way), by_place);
}

static void add_to_cell(MapCell *cell, const HtmlGroup *group, size_t index) {
  if (cell->count == 0 || group->class < cell->worst) {
    cell->worst = group->class;
    cell->group = index;
  }
  cell->count += group->count;
  if (!is_differing(group->class)) return;
  if (cell->differing > 0 && cell->expected != group->expected) cell->several = true;
  cell->expected = group->expected;
  cell->differing += group->count;
}

static MapCell *fill_cells(const HtmlGroups *groups, const WayMap *map, Arena *arena) {
  MapCell *cells = ARENA_ARRAY(arena, MapCell, map->row_count * map->way_count + 1);
  for (size_t i = 0; i < groups->count; i++) {
    const HtmlGroup *group = &groups->items[i];
    size_t row = 0, way = 0;
    if (group->rest || group->class == HTML_UNMAPPED) continue;
    while (row < map->row_count && !text_equal(map->rows[row].operation, group->operation)) row++;
    const Way wanted = {.backend = group->backend, .actual = group->actual};
    while (way < map->way_count && by_place(&map->ways[way], &wanted) != 0) way++;
    if (row < map->row_count && way < map->way_count)
      add_to_cell(&cells[row * map->way_count + way], group, i);
  }
  return cells;
}

static void write_columns(const WayMap *map, Buffer *out) {
  buffer_append_string(out, "<thead><tr><th scope=\"col\">operation</th>");
  for (size_t i = 0; i < map->way_count; i++) {
    buffer_append_string(out, "<th scope=\"col\"><span class=\"way\">");
    append_xml(out, map->ways[i].backend);
    if (map->ways[i].actual > 0)
      buffer_print(out, " → <b>%d</b></span></th>", map->ways[i].actual);
    else
      buffer_append_string(out, " → <b>–</b></span></th>");
  }
  buffer_append_string(out, "</tr></thead>\n");
}

/* Four shades, by share; one that differs is never the lightest of none. */
static unsigned heat_of(const MapCell *cell) {
  return (unsigned)((cell->differing * 4 + cell->count - 1) / cell->count);
}

static void write_cell(const MapCell *cell, int actual, Buffer *out) {
  if (cell->count == 0) {
    buffer_append_string(out, "<td></td>");
    return;
  }
  const char *class = html_class_name(cell->worst);
  if (cell->differing == 0) {
    buffer_print(out, "<td class=\"cell %s\"><a href=\"#g%zu\">%zu</a></td>", class, cell->group,
                 cell->count);
    return;
  }
  buffer_print(out, "<td class=\"cell %s heat%u\"><a href=\"#g%zu\"><b>%zu</b> of %zu", class, heat_of(cell),
               cell->group, cell->differing, cell->count);
  if (cell->several)
    buffer_append_string(out, "<small>expected others</small>");
  else if (cell->expected > 0 && cell->expected != actual)
    buffer_print(out, "<small>expected %d</small>", cell->expected);
  else if (cell->expected > 0)
    buffer_append_string(out, "<small>status kept</small>");
  buffer_append_string(out, "</a></td>");
}

void html_write_map(const HtmlGroups *groups, Buffer *out) {
  Arena *arena = arena_new(0);
  WayMap map = find_axes(groups, arena);
  size_t ways = map.way_count, rows = map.row_count;
  limit_ways(&map);
  if (map.row_count > HTML_MAP_ROWS) map.row_count = HTML_MAP_ROWS;
  const MapCell *cells = fill_cells(groups, &map, arena);
  if (rows > 0) {
    buffer_append_string(out,
                         "<section id=\"map\"><h2>Backend status → client status</h2>\n<div class=\"wide\" "
                         "tabindex=\"0\"><table class=\"map\">\n");
    write_columns(&map, out);
    buffer_append_string(out, "<tbody>\n");
    for (size_t row = 0; row < map.row_count; row++) {
      buffer_append_string(out, "<tr><th scope=\"row\">");
      Text operation = map.rows[row].operation;
      html_write_text(out, operation.data != NULL ? operation : TEXT("no operation"), 0);
      buffer_append_string(out, "</th>");
      for (size_t way = 0; way < map.way_count; way++)
        write_cell(&cells[row * map.way_count + way], map.ways[way].actual, out);
      buffer_append_string(out, "</tr>\n");
    }
    buffer_append_string(out, "</tbody></table></div>\n");
    if (rows > map.row_count || ways > map.way_count)
      buffer_print(out, "<p class=\"more\">%zu of %zu operations and %zu of %zu ways are shown.</p>\n",
                   map.row_count, rows, map.way_count, ways);
    buffer_append_string(out, "</section>\n");
  }
  arena_free(arena);
}
