#include "config.h"

#include "bijou-json.h"
#include "bijou-plex-auth.h"
#include "bijou-plex-parse.h"

#include <locale.h>
#include <string.h>

/* Feeds recorded answers of Plex servers to the parsers and counts rows in and items out. Run by
 * hand: parse-plex-fixtures DIRECTORY. Exits with 1 when a row of video is lost. */

typedef struct
{
  guint files;
  guint broken; /* not valid UTF-8 */
  guint rows;
  guint items;
  guint foreign; /* music, photos and rows without a rating key */
  guint lost;
} Counts;

static gboolean
is_expected (JsonObject *row)
{
  static const char *const types[] = { "movie", "show",       "season",   "episode",
                                       "clip",  "collection", "playlist", NULL };
  const char *type = bijou_json_get_string (row, "type");

  return type != NULL && g_strv_contains (types, type) && bijou_json_has (row, "ratingKey");
}

static void
check_item (BijouItem *item)
{
  g_assert_cmpstr (item->remote_id, !=, "");
  g_assert_nonnull (item->title);
  g_assert_cmpstr (item->title, !=, "");
  g_assert_cmpstr (item->sort_title, !=, "");
  g_assert_true (g_utf8_validate (item->title, -1, NULL));
}

static void
count_versions (JsonObject *row, BijouDetail *detail, const char *name, Counts *counts)
{
  g_autoptr (GPtrArray) media = bijou_json_get_objects (row, "Media");
  guint with_parts = 0;

  for (guint i = 0; i < media->len; i++)
    if (bijou_json_get_object (g_ptr_array_index (media, i), "Part") != NULL)
      with_parts++;
  if (detail->versions->len == with_parts)
    return;
  g_print ("%s: %s: %u of %u versions\n", name, detail->item->remote_id, detail->versions->len,
           with_parts);
  counts->lost++;
}

static void
parse_rows (JsonObject *container, const char *name, Counts *counts)
{
  BijouPlexContext context = { .server_id = "fixture", .container = container };
  g_autoptr (GPtrArray) rows = bijou_plex_get_rows (container);
  guint items = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      JsonObject *row = g_ptr_array_index (rows, i);
      g_autoptr (BijouItem) item = bijou_plex_parse_item (row, &context);
      g_autoptr (BijouDetail) detail = bijou_plex_parse_detail (row, &context);

      if (item != NULL)
        {
          check_item (item);
          count_versions (row, detail, name, counts);
          items++;
        }
      else if (is_expected (row))
        {
          g_print ("%s: row %u is lost\n", name, i);
          counts->lost++;
        }
      else
        counts->foreign++;
    }
  counts->rows += rows->len;
  counts->items += items;
  g_print ("%s: %u rows, %u items\n", name, rows->len, items);
}

static void
parse_libraries (JsonObject *container, const char *name, Counts *counts)
{
  g_autoptr (GPtrArray) directories = bijou_json_get_objects (container, "Directory");
  g_autoptr (GPtrArray) libraries = bijou_plex_parse_libraries (container, "fixture");

  counts->rows += directories->len;
  counts->items += libraries->len;
  counts->lost += directories->len - libraries->len;
  g_print ("%s: %u directories, %u libraries\n", name, directories->len, libraries->len);
}

static void
parse_resources (JsonNode *root, const char *name, Counts *counts)
{
  g_autoptr (GPtrArray) resources = bijou_json_node_get_objects (root);

  for (guint i = 0; i < resources->len; i++)
    {
      JsonObject *resource = g_ptr_array_index (resources, i);
      g_autoptr (BijouSignedIn) signed_in = bijou_plex_parse_resource (resource, "client", "token");

      counts->rows++;
      if (signed_in == NULL)
        counts->foreign++;
      else
        {
          counts->items++;
          g_print ("%s: server %u: %u addresses\n", name, i, signed_in->server->addresses->len);
        }
    }
}

static gboolean
begins_with_any (const char *name, const char *const *prefixes)
{
  for (guint i = 0; prefixes[i] != NULL; i++)
    if (g_str_has_prefix (name, prefixes[i]))
      return TRUE;
  return FALSE;
}

static void
parse_answer (JsonNode *root, const char *name, Counts *counts)
{
  static const char *const libraries[] = { "get-all-libraries", "libraries.json",
                                           "get.library_sections_all.", NULL };
  static const char *const resources[] = { "get-server-resources", "resources", NULL };
  JsonObject *container = bijou_plex_get_container (root);

  if (begins_with_any (name, resources))
    parse_resources (root, name, counts);
  else if (container != NULL && begins_with_any (name, libraries))
    parse_libraries (container, name, counts);
  else if (container != NULL)
    parse_rows (container, name, counts);
}

static void
parse_file (const char *path, const char *name, Counts *counts)
{
  g_autofree char *data = NULL;
  gsize length = 0;
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_get_contents (path, &data, &length, &error))
    g_error ("%s", error->message);
  counts->files++;
  if (!g_utf8_validate (data, length, NULL))
    {
      g_print ("%s: is not valid UTF-8\n", name);
      counts->broken++;
    }
  root = bijou_json_parse (data, length, &error);
  if (root == NULL)
    {
      g_print ("%s: %s\n", name, error->message);
      counts->lost++;
      return;
    }
  parse_answer (root, name, counts);
}

static void
parse_directory (const char *path, Counts *counts)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && strcmp (name, "spec") != 0)
        parse_directory (child, counts);
      /* A decision describes a transcode, which has no file. */
      else if (g_str_has_suffix (name, ".json") && strstr (name, "decision") == NULL)
        parse_file (child, name, counts);
    }
}

int
main (int argc, char **argv)
{
  Counts counts = { 0 };

  setlocale (LC_ALL, "");
  if (argc != 2)
    {
      g_printerr ("usage: parse-plex-fixtures DIRECTORY\n");
      return 2;
    }
  parse_directory (argv[1], &counts);
  g_print ("%u files (%u not valid UTF-8), %u rows in, %u out, %u foreign, %u lost\n", counts.files,
           counts.broken, counts.rows, counts.items, counts.foreign, counts.lost);
  return counts.lost == 0 && counts.files > 0 ? 0 : 1;
}
