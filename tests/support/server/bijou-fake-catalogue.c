#include "config.h"

#include "bijou-fake-library.h"

#include <json-glib/json-glib.h>

/* catalogue.json: the demo's own films. All file names are relative to its directory. */

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
read_chapters (BijouFakeItem *item, JsonObject *object)
{
  JsonArray *chapters = get_array (object, "chapters");
  guint length = get_length (chapters);

  if (length == 0)
    return;
  item->chapters = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_fake_chapter_free);
  for (guint i = 0; i < length; i++)
    {
      JsonObject *chapter = get_element (chapters, i);

      if (chapter != NULL)
        g_ptr_array_add (item->chapters, bijou_fake_chapter_new (get_string (chapter, "title"),
                                                                 get_int (chapter, "start_ms", 0)));
    }
}

static void
read_state (BijouFakeLibrary *self, BijouFakeItem *item, JsonObject *object)
{
  BijouFakeState *state = bijou_fake_library_get_state (self, item, 0);
  JsonNode *watched = json_object_get_member (object, "watched");

  state->position_ms = get_int (object, "position_ms", 0);
  if (watched != NULL && JSON_NODE_HOLDS_VALUE (watched) && json_node_get_boolean (watched))
    {
      state->played = TRUE;
      state->view_count = 1;
    }
  if (state->played || state->position_ms > 0)
    state->viewed_at = 1760000000 + (gint64) item->index * 3600;
}

static void
read_film (BijouFakeLibrary *self, BijouFakeItem *item, JsonObject *object, const char *directory)
{
  g_autofree char *path = dup_path (directory, object, "film");

  item->duration_ms = get_int (object, "runtime_ms", 0);
  if (path != NULL && g_file_test (path, G_FILE_TEST_IS_REGULAR))
    bijou_fake_library_set_film (item, bijou_fake_library_add_film (self, path));
  else
    bijou_fake_library_set_film (item, bijou_fake_library_add_film (self, NULL));
  if (get_int (object, "duration_ms", 0) > 0)
    {
      item->duration_ms = get_int (object, "duration_ms", 0);
      item->credits_ms[0] = item->duration_ms - item->duration_ms / 20;
      item->credits_ms[1] = item->duration_ms;
    }
  read_chapters (item, object);
  read_state (self, item, object);
}

static void
read_common (BijouFakeLibrary *self, BijouFakeItem *item, JsonObject *object, const char *directory)
{
  JsonArray *genres = get_array (object, "genres");
  const char *added = get_string (object, "added");
  const char *aired = get_string (object, "aired");
  JsonNode *rating = json_object_get_member (object, "rating");

  item->year = get_int (object, "year", 0);
  item->tagline = g_strdup (get_string (object, "tagline"));
  item->overview = g_strdup (get_string (object, "overview"));
  item->content_rating = g_strdup (get_string (object, "content_rating"));
  if (aired != NULL)
    item->aired = g_strndup (aired, 10);
  item->poster = dup_path (directory, object, "poster");
  if (item->poster == NULL)
    item->poster = dup_path (directory, object, "still");
  item->backdrop = dup_path (directory, object, "backdrop");
  if (rating != NULL && JSON_NODE_HOLDS_VALUE (rating))
    item->rating = json_node_get_double (rating);
  for (guint i = 0; i < get_length (genres); i++)
    item->genres |=
        1u << bijou_fake_library_add_genre (self, json_array_get_string_element (genres, i));
  if (added != NULL)
    {
      g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
      g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (added, utc);

      if (time != NULL)
        item->added_at = item->updated_at = g_date_time_to_unix (time);
    }
  else if (item->parent != NULL)
    item->added_at = item->updated_at = item->parent->added_at;
  read_people (item, object, directory);
}

static void
read_season (BijouFakeLibrary *self, BijouFakeItem *show, JsonObject *object, const char *directory)
{
  int number = get_int (object, "number", 1);
  g_autofree char *name = g_strdup_printf ("Season %d", number);
  const char *title = get_string (object, "title");
  BijouFakeItem *season = bijou_fake_library_add_item (self, BIJOU_FAKE_SEASON, show->section, show,
                                                       title != NULL ? title : name);
  JsonArray *episodes = get_array (object, "episodes");

  read_common (self, season, object, directory);
  season->number = number;
  for (guint i = 0; i < get_length (episodes); i++)
    {
      JsonObject *row = get_element (episodes, i);
      BijouFakeItem *episode;

      if (row == NULL || get_string (row, "title") == NULL)
        continue;
      episode = bijou_fake_library_add_item (self, BIJOU_FAKE_EPISODE, show->section, season,
                                             get_string (row, "title"));
      read_common (self, episode, row, directory);
      episode->number = get_int (row, "number", i + 1);
      if (episode->year == 0)
        episode->year = show->year;
      read_film (self, episode, row, directory);
    }
}

gboolean
bijou_fake_library_load_catalogue (BijouFakeLibrary *self, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "catalogue.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *root;
  JsonArray *movies, *shows;

  if (!json_parser_load_from_file (parser, path, error))
    return FALSE;
  root = json_node_get_object (json_parser_get_root (parser));
  movies = get_array (root, "movies");
  shows = get_array (root, "shows");
  for (guint i = 0; i < get_length (movies); i++)
    {
      JsonObject *row = get_element (movies, i);
      BijouFakeItem *item;

      if (row == NULL || get_string (row, "title") == NULL)
        continue;
      item =
          bijou_fake_library_add_item (self, BIJOU_FAKE_MOVIE, 1, NULL, get_string (row, "title"));
      read_common (self, item, row, directory);
      read_film (self, item, row, directory);
    }
  for (guint i = 0; i < get_length (shows); i++)
    {
      JsonObject *row = get_element (shows, i);
      JsonArray *seasons = row != NULL ? get_array (row, "seasons") : NULL;
      BijouFakeItem *show;

      if (row == NULL || get_string (row, "title") == NULL)
        continue;
      show =
          bijou_fake_library_add_item (self, BIJOU_FAKE_SHOW, 2, NULL, get_string (row, "title"));
      read_common (self, show, row, directory);
      for (guint s = 0; s < get_length (seasons); s++)
        if (get_element (seasons, s) != NULL)
          read_season (self, show, get_element (seasons, s), directory);
    }
  return TRUE;
}
