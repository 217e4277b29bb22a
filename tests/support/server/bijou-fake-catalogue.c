#include "config.h"

#include "bijou-fake-library.h"

#include <string.h>

/* catalogue.json: the demo's own films. All file names are relative to its directory. */

#define DAY 86400

typedef struct
{
  BijouFakeLibrary *library;
  BijouFakeShare share;
  const char *directory;
  gint64 evening; /* of the last film that was watched, epoch seconds */
  guint place;    /* of the title in the catalogue, whichever server has it */
  guint leaves;   /* what follows in the show */
  gboolean lived; /* whether the title was watched on this server */
} Reader;

static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

static gint64
get_int (JsonObject *object, const char *name, gint64 fallback)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return fallback;
  return json_node_get_int (node);
}

static JsonArray *
get_array (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static guint
get_length (JsonArray *array)
{
  return array != NULL ? json_array_get_length (array) : 0;
}

static JsonObject *
get_element (JsonArray *array, guint i)
{
  JsonNode *node = json_array_get_element (array, i);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static char *
dup_path (const char *directory, JsonObject *object, const char *name)
{
  const char *file = get_string (object, name);

  return file != NULL ? g_build_filename (directory, file, NULL) : NULL;
}

static void
read_people (BijouFakeItem *item, JsonObject *object, const char *directory)
{
  JsonArray *people = get_array (object, "people");

  item->people = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_fake_person_free);
  for (guint i = 0; i < get_length (people); i++)
    {
      JsonObject *person = get_element (people, i);
      g_autofree char *image = NULL;
      g_autofree char *kind = NULL;

      if (person == NULL || get_string (person, "name") == NULL)
        continue;
      image = dup_path (directory, person, "image");
      kind = g_strdup (get_string (person, "kind"));
      if (kind != NULL)
        kind[0] = g_ascii_toupper (kind[0]);
      g_ptr_array_add (item->people, bijou_fake_person_new (get_string (person, "name"),
                                                            get_string (person, "role"),
                                                            kind != NULL ? kind : "Actor", image));
    }
}

static void
read_chapters (BijouFakeItem *item, JsonObject *object, const char *directory)
{
  JsonArray *chapters = get_array (object, "chapters");
  guint length = get_length (chapters);

  if (length == 0)
    return;
  item->chapters = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_fake_chapter_free);
  for (guint i = 0; i < length; i++)
    {
      JsonObject *chapter = get_element (chapters, i);
      g_autofree char *image = chapter != NULL ? dup_path (directory, chapter, "image") : NULL;

      if (chapter != NULL)
        g_ptr_array_add (item->chapters,
                         bijou_fake_chapter_new (get_string (chapter, "title"), image,
                                                 get_int (chapter, "start_ms", 0)));
    }
}

/* The catalogue's order is that of the evenings, whose number each title has for itself, so that
 * the histories of two servers that share it fit together. */
static gint64
choose_evening (const Reader *reader, const BijouFakeItem *item, gboolean played)
{
  gint64 evening = reader->evening - reader->place * DAY;

  if (item->kind == BIJOU_FAKE_EPISODE)
    return evening - DAY / 2 - (gint64) reader->leaves * 2 * 3600;
  return played ? evening - 60 * DAY : evening;
}

static void
read_state (const Reader *reader, BijouFakeItem *item, JsonObject *object)
{
  BijouFakeState *state = bijou_fake_library_get_state (reader->library, item, 0);
  JsonNode *watched = json_object_get_member (object, "watched");

  if (!reader->lived)
    return;
  state->position_ms = get_int (object, "position_ms", 0);
  if (watched != NULL && JSON_NODE_HOLDS_VALUE (watched) && json_node_get_boolean (watched))
    {
      state->played = TRUE;
      state->view_count = 1;
    }
  if (state->played || state->position_ms > 0)
    state->viewed_at = choose_evening (reader, item, state->played);
}

/* A file that is not there is made up. */
static void
read_file (const Reader *reader, BijouFakeItem *item, JsonObject *object)
{
  g_autofree char *path = dup_path (reader->directory, object, "film");
  gboolean there = path != NULL && g_file_test (path, G_FILE_TEST_IS_REGULAR);
  BijouFakeFilm *film = bijou_fake_library_add_film (reader->library, there ? path : NULL);
  const char *quality = get_string (object, "quality");

  if (quality != NULL && there)
    film = bijou_fake_library_add_dressed_film (reader->library, film, quality);
  bijou_fake_library_set_film (item, film);
  if (quality != NULL)
    /* Without the sound. */
    item->version = g_strstrip (g_strndup (quality, strcspn (quality, "A5")));
}

static void
read_versions (const Reader *reader, BijouFakeItem *item, JsonObject *object)
{
  JsonArray *versions = get_array (object, "versions");
  JsonObject *row = get_length (versions) > 0 ? get_element (versions, 0) : NULL;
  BijouFakeItem *twin;

  if (row == NULL)
    return;
  twin = bijou_fake_library_add_twin (reader->library, item);
  twin->duration_ms = item->duration_ms;
  read_file (reader, twin, row);
}

static void
read_film (const Reader *reader, BijouFakeItem *item, JsonObject *object)
{
  item->duration_ms = get_int (object, "runtime_ms", 0);
  read_file (reader, item, object);
  if (get_int (object, "duration_ms", 0) > 0)
    {
      item->duration_ms = get_int (object, "duration_ms", 0);
      item->credits_ms[0] = item->duration_ms - item->duration_ms / 20;
      item->credits_ms[1] = item->duration_ms;
    }
  read_chapters (item, object, reader->directory);
  read_versions (reader, item, object);
  read_state (reader, item, object);
}

/* The copy that nobody watches came long before the other one. */
static void
read_added (const Reader *reader, BijouFakeItem *item, const char *added)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = added != NULL ? g_date_time_new_from_iso8601 (added, utc) : NULL;

  if (time != NULL)
    item->added_at = g_date_time_to_unix (time) - (reader->lived ? 0 : 400 * DAY);
  else if (item->parent != NULL)
    item->added_at = item->parent->added_at;
  item->updated_at = item->added_at;
}

static void
read_ratings (const Reader *reader, BijouFakeItem *item, JsonObject *object)
{
  JsonNode *rating = json_object_get_member (object, "rating");

  if (rating == NULL || !JSON_NODE_HOLDS_VALUE (rating))
    return;
  item->rating = json_node_get_double (rating);
  if (reader->lived && item->rating >= 8)
    bijou_fake_library_get_state (reader->library, item, 0)->favourite = TRUE;
}

static void
read_common (const Reader *reader, BijouFakeItem *item, JsonObject *object)
{
  JsonArray *genres = get_array (object, "genres");
  const char *aired = get_string (object, "aired");
  const char *id = get_string (object, "id");

  item->identity = id != NULL ? g_str_hash (id) % 800000
                   : item->parent != NULL
                       ? item->parent->identity * 31 + get_int (object, "number", 0)
                       : item->index;
  item->year = get_int (object, "year", 0);
  item->tagline = g_strdup (get_string (object, "tagline"));
  item->overview = g_strdup (get_string (object, "overview"));
  item->content_rating = g_strdup (get_string (object, "content_rating"));
  if (aired != NULL)
    item->aired = g_strndup (aired, 10);
  item->poster = dup_path (reader->directory, object, "poster");
  if (item->poster == NULL)
    item->poster = dup_path (reader->directory, object, "still");
  item->backdrop = dup_path (reader->directory, object, "backdrop");
  for (guint i = 0; i < get_length (genres); i++)
    item->genres |= 1u << bijou_fake_library_add_genre (reader->library,
                                                        json_array_get_string_element (genres, i));
  read_ratings (reader, item, object);
  read_added (reader, item, get_string (object, "added"));
  read_people (item, object, reader->directory);
}

static void
read_season (Reader *reader, BijouFakeItem *show, JsonObject *object)
{
  int number = get_int (object, "number", 1);
  g_autofree char *name = g_strdup_printf ("Season %d", number);
  const char *title = get_string (object, "title");
  BijouFakeItem *season = bijou_fake_library_add_item (
      reader->library, BIJOU_FAKE_SEASON, show->section, show, title != NULL ? title : name);
  JsonArray *episodes = get_array (object, "episodes");

  read_common (reader, season, object);
  season->number = number;
  for (guint i = 0; i < get_length (episodes); i++)
    {
      JsonObject *row = get_element (episodes, i);
      BijouFakeItem *episode;

      if (row == NULL || get_string (row, "title") == NULL)
        continue;
      episode = bijou_fake_library_add_item (reader->library, BIJOU_FAKE_EPISODE, show->section,
                                             season, get_string (row, "title"));
      read_common (reader, episode, row);
      episode->number = get_int (row, "number", i + 1);
      if (episode->year == 0)
        episode->year = show->year;
      reader->leaves = reader->leaves > 0 ? reader->leaves - 1 : 0;
      read_film (reader, episode, row);
    }
}

static void
read_show (Reader *reader, JsonObject *row)
{
  JsonArray *seasons = get_array (row, "seasons");
  BijouFakeItem *show = bijou_fake_library_add_item (reader->library, BIJOU_FAKE_SHOW, 2, NULL,
                                                     get_string (row, "title"));

  read_common (reader, show, row);
  reader->leaves = 0;
  for (guint s = 0; s < get_length (seasons); s++)
    if (get_element (seasons, s) != NULL)
      reader->leaves += get_length (get_array (get_element (seasons, s), "episodes"));
  for (guint s = 0; s < get_length (seasons); s++)
    if (get_element (seasons, s) != NULL)
      read_season (reader, show, get_element (seasons, s));
}

static void
read_movie (Reader *reader, JsonObject *row)
{
  BijouFakeItem *item = bijou_fake_library_add_item (reader->library, BIJOU_FAKE_MOVIE, 1, NULL,
                                                     get_string (row, "title"));

  read_common (reader, item, row);
  read_film (reader, item, row);
}

static void
read_titles (Reader *reader, JsonArray *rows, void (*read) (Reader *reader, JsonObject *row))
{
  for (guint i = 0; i < get_length (rows); i++)
    {
      JsonObject *row = get_element (rows, i);

      if (row == NULL || get_string (row, "title") == NULL ||
          !bijou_fake_share_has (reader->share, row))
        continue;
      reader->place = i;
      reader->lived = bijou_fake_share_lives_here (reader->share, row);
      read (reader, row);
    }
}

gboolean
bijou_fake_library_load_catalogue (BijouFakeLibrary *self,
                                   const BijouFakeOptions *options,
                                   GError **error)
{
  g_autofree char *path = g_build_filename (options->catalogue, "catalogue.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  Reader reader = { .library = self, .share = options->share, .directory = options->catalogue };
  JsonObject *root;

  if (!json_parser_load_from_file (parser, path, error))
    return FALSE;
  /* After all that was added; what is watched now comes before it. */
  reader.evening = MIN (1793563200, g_get_real_time () / G_USEC_PER_SEC - 3600);
  root = json_node_get_object (json_parser_get_root (parser));
  read_titles (&reader, get_array (root, "movies"), read_movie);
  read_titles (&reader, get_array (root, "shows"), read_show);
  return TRUE;
}
