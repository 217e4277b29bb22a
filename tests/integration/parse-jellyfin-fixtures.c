/* Feeds recorded answers of Jellyfin servers to the parsers of the endpoints that gave them, and
 * fails when one of them loses an item. Takes folders; not part of the test run.
 *   parse-jellyfin-fixtures FOLDER… */
#include "config.h"

#include "bijou-jellyfin-parse.h"
#include "bijou-json.h"

#include <string.h>

typedef struct
{
  guint files;
  guint rows;
  guint lost;
} Tally;

static void
report (Tally *tally, const char *name, const char *what, guint in, guint out)
{
  tally->rows += in;
  if (out != in)
    tally->lost += in > out ? in - out : out - in;
  g_print ("%-60s %-10s in %4u out %4u%s\n", name, what, in, out, in == out ? "" : "  LOST");
}

static gboolean
is_to_watch (JsonObject *row)
{
  static const char *types[] = { "Movie",   "Series", "Season",   "Episode",   "Video",
                                 "Trailer", "BoxSet", "Playlist", "MusicVideo" };
  const char *type = bijou_json_get_string (row, "Type");

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_strcmp0 (type, types[i]) == 0)
      return TRUE;
  return FALSE;
}

static GPtrArray *
get_rows (JsonNode *answer)
{
  if (JSON_NODE_HOLDS_OBJECT (answer))
    return bijou_json_get_objects (json_node_get_object (answer), "Items");
  return bijou_json_node_get_objects (answer);
}

static gboolean
has_item (GPtrArray *items, JsonObject *row)
{
  g_autofree char *id = bijou_jellyfin_normalise_id (bijou_json_get_string (row, "Id"));
  const char *name = bijou_json_get_string (row, "Name");

  for (guint i = 0; i < items->len; i++)
    {
      BijouItem *item = g_ptr_array_index (items, i);

      if (g_strcmp0 (item->remote_id, id) == 0)
        return name == NULL || *name == '\0' || g_strcmp0 (item->title, name) == 0;
    }
  return FALSE;
}

static void
check_libraries (Tally *tally, const char *name, JsonNode *answer)
{
  g_autoptr (GPtrArray) rows = get_rows (answer);
  g_autoptr (GPtrArray) libraries = bijou_jellyfin_parse_libraries (answer, "server", NULL);
  guint in = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      const char *type = bijou_json_get_string (g_ptr_array_index (rows, i), "CollectionType");

      if (g_strcmp0 (type, "boxsets") != 0 && g_strcmp0 (type, "playlists") != 0)
        in++;
    }
  report (tally, name, "libraries", in, libraries != NULL ? libraries->len : 0);
}

static guint
count_streams (JsonObject *object)
{
  g_autoptr (GPtrArray) sources = bijou_json_get_objects (object, "MediaSources");
  guint count = 0;

  for (guint i = 0; i < sources->len; i++)
    {
      g_autoptr (GPtrArray) streams =
          bijou_json_get_objects (g_ptr_array_index (sources, i), "MediaStreams");

      count += streams->len;
    }
  return count;
}

static guint
count_parsed_streams (BijouDetail *detail)
{
  guint count = 0;

  for (guint i = 0; i < detail->versions->len; i++)
    {
      BijouVersion *version = g_ptr_array_index (detail->versions, i);

      for (guint j = 0; j < version->parts->len; j++)
        count += ((BijouPart *) g_ptr_array_index (version->parts, j))->streams->len;
    }
  return count;
}

static void
check_items (Tally *tally, const char *name, JsonNode *answer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = get_rows (answer);
  g_autoptr (GPtrArray) items =
      bijou_jellyfin_parse_items (answer, "server", NULL, BIJOU_ITEM_UNKNOWN, NULL, &error);
  guint in = 0, out = 0, streams_in = 0, streams_out = 0;

  if (items == NULL)
    {
      report (tally, name, error->message, 1, 0);
      return;
    }
  for (guint i = 0; i < rows->len; i++)
    {
      JsonObject *row = g_ptr_array_index (rows, i);
      g_autoptr (BijouDetail) detail = NULL;

      if (!is_to_watch (row))
        continue;
      in++;
      if (has_item (items, row))
        out++;
      streams_in += count_streams (row);
      detail = bijou_jellyfin_parse_detail (row, "server");
      streams_out += detail != NULL ? count_parsed_streams (detail) : 0;
    }
  report (tally, name, "items", in, out);
  if (streams_in > 0)
    report (tally, name, "streams", streams_in, streams_out);
}

static guint
count_member (JsonObject *object, const char *member)
{
  g_autoptr (GPtrArray) objects = bijou_json_get_objects (object, member);

  return objects->len;
}

static void
check_detail (Tally *tally, const char *name, JsonNode *answer)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (answer) ? json_node_get_object (answer) : NULL;
  g_autoptr (BijouDetail) detail =
      object != NULL ? bijou_jellyfin_parse_detail (object, "server") : NULL;
  g_autoptr (JsonNode) kept = NULL;
  g_autoptr (BijouDetail) again = NULL;

  if (object == NULL || !is_to_watch (object))
    return;
  if (detail == NULL)
    {
      report (tally, name, "detail", 1, 0);
      return;
    }
  report (tally, name, "versions", count_member (object, "MediaSources"), detail->versions->len);
  report (tally, name, "streams", count_streams (object), count_parsed_streams (detail));
  report (tally, name, "people", count_member (object, "People"), detail->people->len);
  report (tally, name, "chapters", count_member (object, "Chapters"), detail->chapters->len);

  kept = bijou_detail_to_json (detail);
  again = bijou_detail_from_json (detail->item, kept);
  report (tally, name, "kept", count_streams (object),
          again != NULL ? count_parsed_streams (again) : 0);
}

static void
check_segments (Tally *tally, const char *name, JsonNode *answer)
{
  g_autoptr (BijouItem) item = bijou_item_new (BIJOU_ITEM_MOVIE, "server", "x");
  g_autoptr (BijouDetail) detail = bijou_detail_new (item);
  g_autoptr (GPtrArray) rows = get_rows (answer);

  bijou_jellyfin_add_segments (detail, answer);
  report (tally, name, "segments", rows->len, detail->segments->len);
}

static void
check_identity (Tally *tally, const char *name, JsonNode *answer)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (answer) ? json_node_get_object (answer) : NULL;
  BijouIdentity identity = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean known = object != NULL && bijou_jellyfin_parse_identity (object, &identity, &error);

  if (!known && g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING))
    known = TRUE;
  report (tally, name, "identity", 1, known ? 1 : 0);
  bijou_identity_clear (&identity);
}

static gboolean
fits (const char *path, const char *pattern)
{
  return g_pattern_match_simple (pattern, path);
}

/* @request is "GET /Items?…". */
static void
check_answer (Tally *tally, const char *name, const char *request, JsonNode *answer)
{
  g_auto (GStrv) words = g_strsplit (request, " ", 3);
  g_autofree char *path = NULL;

  if (g_strv_length (words) < 2 || g_strcmp0 (words[0], "GET") != 0)
    return;
  path = g_strndup (words[1], strcspn (words[1], "?"));

  if (g_ascii_strcasecmp (path, "/System/Info/Public") == 0)
    check_identity (tally, name, answer);
  else if (fits (path, "/UserViews") || fits (path, "/Users/*/Views"))
    check_libraries (tally, name, answer);
  else if (fits (path, "/MediaSegments/*"))
    check_segments (tally, name, answer);
  else if (fits (path, "/Items") || fits (path, "/Items/Latest") || fits (path, "/Shows/*") ||
           fits (path, "*/Resume") || fits (path, "*/Similar") || fits (path, "/Playlists/*"))
    check_items (tally, name, answer);
  else if (fits (path, "/Items/{*}") || fits (path, "/Users/{*}/Items/{*}"))
    check_detail (tally, name, answer);
}

static JsonNode *
load (Tally *tally, const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize length;
  JsonNode *node;

  tally->files++;
  if (!g_file_get_contents (file, &data, &length, &error))
    g_error ("%s", error->message);
  node = bijou_json_parse (data, length, &error);
  if (node == NULL)
    g_print ("%-60s %s\n", file, error->message);
  return node;
}

/* A folder that was recorded: index.json tells what each file answers. */
static void
check_recorded (Tally *tally, const char *folder, JsonNode *index)
{
  g_autoptr (GPtrArray) entries = bijou_json_node_get_objects (index);

  for (guint i = 0; i < entries->len; i++)
    {
      JsonObject *entry = g_ptr_array_index (entries, i);
      const char *file = bijou_json_get_string (entry, "file");
      g_autofree char *path = file != NULL ? g_build_filename (folder, file, NULL) : NULL;
      g_autoptr (JsonNode) answer = NULL;

      if (path == NULL || !g_str_has_suffix (path, ".json") ||
          bijou_json_get_int (entry, "status", 0) != 200)
        continue;
      answer = load (tally, path);
      if (answer != NULL)
        check_answer (tally, path, bijou_json_get_string (entry, "request"), answer);
      else
        report (tally, path, "JSON", 1, 0);
    }
}

/* One media source, put where an item has it. */
static void
check_source (Tally *tally, const char *file, JsonNode *source)
{
  g_autoptr (JsonObject) item = json_object_new ();
  g_autoptr (JsonNode) answer = json_node_new (JSON_NODE_OBJECT);
  JsonArray *sources = json_array_new ();

  json_array_add_element (sources, json_node_copy (source));
  json_object_set_string_member (item, "Id", "0123456789abcdef0123456789abcdef");
  json_object_set_string_member (item, "Type", "Movie");
  json_object_set_array_member (item, "MediaSources", sources);
  json_node_set_object (answer, item);
  check_detail (tally, file, answer);
}

/* Named shapes: "GET /Items (episode, no Fields)": the answer. */
static void
check_shapes (Tally *tally, const char *file, JsonNode *shapes)
{
  JsonObject *object = json_node_get_object (shapes);
  g_autoptr (GList) names = json_object_get_members (object);

  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autofree char *name = g_strdup_printf ("%s: %s", file, (const char *) l->data);

      check_answer (tally, name, l->data, json_object_get_member (object, l->data));
    }
}

static void
check_folder (Tally *tally, const char *folder)
{
  g_autofree char *index_path = g_build_filename (folder, "index.json", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  if (dir == NULL)
    g_error ("%s is no folder", folder);
  if (g_file_test (index_path, G_FILE_TEST_EXISTS))
    {
      g_autoptr (JsonNode) index = load (tally, index_path);

      check_recorded (tally, folder, index);
      return;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (JsonNode) node = NULL;

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        check_folder (tally, path);
      else if (g_str_has_prefix (name, "MediaSourceInfo") && (node = load (tally, path)) != NULL)
        check_source (tally, path, node);
      else if (g_str_equal (name, "shapes.json") && (node = load (tally, path)) != NULL)
        check_shapes (tally, path, node);
    }
}

int
main (int argc, char *argv[])
{
  Tally tally = { 0 };

  if (argc < 2)
    {
      g_printerr ("usage: parse-jellyfin-fixtures FOLDER…\n");
      return 2;
    }
  for (int i = 1; i < argc; i++)
    check_folder (&tally, argv[i]);
  g_print ("%u files, %u rows, %u lost\n", tally.files, tally.rows, tally.lost);
  return tally.lost > 0 || tally.files == 0 ? 1 : 0;
}
