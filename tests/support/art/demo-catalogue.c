#include "config.h"

#include "demo-catalogue.h"

#include "demo-film.h"
#include "demo-people.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* Where the family is: films begun, how far, and episodes seen of each show. */
static const struct
{
  const char *id;
  double at;
} begun[] = {
  { "lantern-tide", 0.45 }, { "low-sun", 0.83 },     { "quiet-orbit", 0.28 },
  { "deep-meadow", 0.61 },  { "clockmender", 0.14 },
};

static const struct
{
  const char *id;
  guint seen;
  double at; /* of the episode after those */
} followed[] = {
  { "northlight", 9, 0.72 }, { "understudies", 6, 0.55 }, { "salt-county", 12, 0 },
  { "marrow-lane", 2, 0 },   { "fathom-street", 12, 0 },  { "beekeepers", 4, 0 },
  { "harrow-finch", 7, 0 },
};

/* What the servers tell of the films. The files are small all the same, so that they are made in a
 * minute and play everywhere. */
static const struct
{
  const char *id;
  const char *quality;
} qualities[] = {
  { "lantern-tide", "4K HDR10 Atmos" },
  { "quiet-orbit", "4K Dolby Vision Atmos" },
  { "nine-winters", "4K HDR10 5.1" },
  { "saltglass", "4K HDR10 Atmos" },
  { "mapmakers-orchard", "4K HDR10 Atmos" },
  { "clockmender", "4K HDR10 5.1" },
  { "low-sun", "4K HLG 5.1" },
  { "northlight", "4K HDR10 Atmos" },
  { "orbital-eleven", "4K Dolby Vision 5.1" },
  { "paper-meridian", "720p" },
  { "second-violin", "720p" },
};

static const char *const in_two_versions[] = { "lantern-tide", "quiet-orbit", "mapmakers-orchard" };

char *
demo_file_poster (const DemoTitle *title)
{
  return g_strdup_printf ("poster-%s.jpg", title->id);
}

char *
demo_file_backdrop (const DemoTitle *title)
{
  return g_strdup_printf ("backdrop-%s.jpg", title->id);
}

char *
demo_file_season (const DemoShow *show, guint season)
{
  return g_strdup_printf ("season-%s-%u.jpg", show->title.id, season + 1);
}

char *
demo_file_still (const DemoShow *show, guint episode)
{
  return g_strdup_printf ("still-%s-%02u.jpg", show->title.id, episode + 1);
}

char *
demo_file_person (guint person)
{
  return g_strdup_printf ("person-%02u.jpg", person + 1);
}

char *
demo_file_film (const DemoTitle *title)
{
  return g_strdup_printf ("film-%s.mkv", title->id);
}

char *
demo_file_small_film (const DemoTitle *title)
{
  return g_strdup_printf ("film-%s-small.mkv", title->id);
}

char *
demo_file_chapter (const DemoTitle *title, guint chapter)
{
  return g_strdup_printf ("chapter-%s-%u.jpg", title->id, chapter + 1);
}

gboolean
demo_catalogue_has_small_film (const DemoTitle *title)
{
  for (guint i = 0; i < G_N_ELEMENTS (in_two_versions); i++)
    if (strcmp (in_two_versions[i], title->id) == 0)
      return TRUE;
  return FALSE;
}

static const char *
get_quality (const DemoTitle *title)
{
  for (guint i = 0; i < G_N_ELEMENTS (qualities); i++)
    if (strcmp (qualities[i].id, title->id) == 0)
      return qualities[i].quality;
  return title->year >= 2022 ? "1080p 5.1" : "1080p";
}

guint
demo_show_count_episodes (const DemoShow *self)
{
  guint n = 0;

  for (guint i = 0; i < DEMO_MAX_SEASONS; i++)
    n += self->episodes[i];
  return n;
}

static gboolean
is_first_of_its_scene (const DemoTitle *title)
{
  guint n;
  const DemoTitle *movies = demo_movies (&n);

  for (guint i = 0; i < n; i++)
    if (movies[i].scene == title->scene)
      return title == &movies[i];
  return FALSE;
}

/* All titles in the order in which they get a film: one of each scene, shows, the other movies. */
static GPtrArray *
list_by_need (void)
{
  guint n_movies, n_shows;
  const DemoTitle *movies = demo_movies (&n_movies);
  const DemoShow *shows = demo_shows (&n_shows);
  GPtrArray *titles = g_ptr_array_new ();

  for (guint i = 0; i < n_movies; i++)
    if (is_first_of_its_scene (&movies[i]))
      g_ptr_array_add (titles, (gpointer) &movies[i]);
  for (guint i = 0; i < n_shows; i++)
    g_ptr_array_add (titles, (gpointer) &shows[i].title);
  for (guint i = 0; i < n_movies; i++)
    if (!is_first_of_its_scene (&movies[i]))
      g_ptr_array_add (titles, (gpointer) &movies[i]);
  return titles;
}

const DemoTitle *
demo_catalogue_film_of (const DemoCatalogue *self, const DemoTitle *title)
{
  g_autoptr (GPtrArray) titles = list_by_need ();
  guint n = MIN (self->films, titles->len), at = 0;

  for (guint i = 0; i < n; i++)
    if (titles->pdata[i] == title)
      return title;
  for (guint i = 0; i < n; i++)
    if (((const DemoTitle *) titles->pdata[i])->scene == title->scene)
      return titles->pdata[i];
  g_ptr_array_find (titles, title, &at);
  return titles->pdata[at % n];
}

static void
set_string (JsonBuilder *json, const char *name, const char *value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_string_value (json, value);
}

static void
take_string (JsonBuilder *json, const char *name, char *value)
{
  set_string (json, name, value);
  g_free (value);
}

static void
set_int (JsonBuilder *json, const char *name, gint64 value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_int_value (json, value);
}

static void
set_boolean (JsonBuilder *json, const char *name, gboolean value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_boolean_value (json, value);
}

static void
begin_array (JsonBuilder *json, const char *name)
{
  json_builder_set_member_name (json, name);
  json_builder_begin_array (json);
}

static char *
format_day (int year, int month, int day, guint days_before)
{
  g_autoptr (GDateTime) first = g_date_time_new_utc (year, month, day, 18, 30, 0);
  g_autoptr (GDateTime) then = g_date_time_add_days (first, -(int) days_before);

  return g_date_time_format_iso8601 (then);
}

static void
write_genres (JsonBuilder *json, const DemoTitle *title)
{
  g_auto (GStrv) genres = g_strsplit (title->genres, "|", -1);

  begin_array (json, "genres");
  for (guint i = 0; genres[i] != NULL; i++)
    json_builder_add_string_value (json, genres[i]);
  json_builder_end_array (json);
}

static void
write_person (JsonBuilder *json, guint person, const char *kind, const char *role)
{
  json_builder_begin_object (json);
  set_string (json, "name", demo_person_name (person));
  set_string (json, "kind", kind);
  set_string (json, "role", role);
  take_string (json, "image", demo_file_person (person));
  json_builder_end_object (json);
}

static void
write_people (JsonBuilder *json, const DemoTitle *title, const char *const leads[3])
{
  static const char *const roles[] = { "Marten",  "Odile",  "Captain Reeve", "Junie",   "Dr Pell",
                                       "Halvard", "Saskia", "The Clerk",     "Old Tam", "Wren" };
  guint start = g_str_hash (title->id), n_actors = 5 + start % 4;

  begin_array (json, "people");
  write_person (json, start % DEMO_N_PEOPLE, "director", "");
  write_person (json, (start + 11) % DEMO_N_PEOPLE, "writer", "");
  for (guint i = 0; i < n_actors; i++)
    {
      const char *role = roles[(start / 7 + i * 3) % G_N_ELEMENTS (roles)];

      /* 7 and 30 have no common divisor: nobody appears twice. */
      write_person (json, (start + 3 + i * 7) % DEMO_N_PEOPLE, "actor",
                    leads != NULL && i < 3 ? leads[i] : role);
    }
  json_builder_end_array (json);
}

static void
write_title (JsonBuilder *json, const DemoTitle *title, guint i)
{
  set_string (json, "id", title->id);
  set_string (json, "title", title->title);
  set_int (json, "year", title->year);
  write_genres (json, title);
  set_string (json, "tagline", title->tagline);
  set_string (json, "overview", title->overview);
  json_builder_set_member_name (json, "rating");
  json_builder_add_double_value (json, title->rating);
  set_string (json, "content_rating", title->content_rating);
  take_string (json, "poster", demo_file_poster (title));
  take_string (json, "backdrop", demo_file_backdrop (title));
  /* A step that is prime to the number of titles mixes the years. */
  take_string (json, "added", format_day (2026, 10, 30, i * 17 % 40 * 6));
}

/* The version beside the one that the title has of itself. */
static void
write_versions (JsonBuilder *json, const DemoTitle *title, const DemoTitle *film)
{
  if (film != title || !demo_catalogue_has_small_film (title))
    return;
  begin_array (json, "versions");
  json_builder_begin_object (json);
  take_string (json, "film", demo_file_small_film (film));
  set_string (json, "quality", "1080p");
  json_builder_end_object (json);
  json_builder_end_array (json);
}

static void
write_film (const DemoCatalogue *self, JsonBuilder *json, const DemoTitle *title, int minutes)
{
  const DemoTitle *film = demo_catalogue_film_of (self, title);

  take_string (json, "film", demo_file_film (film));
  set_string (json, "quality", get_quality (title));
  write_versions (json, title, film);
  set_int (json, "runtime_ms", minutes * 60000);
  set_int (json, "duration_ms", self->duration_ms);
  begin_array (json, "chapters");
  for (guint i = 0; i < DEMO_FILM_CHAPTERS; i++)
    {
      json_builder_begin_object (json);
      set_string (json, "title", demo_film_chapter_title (film, i));
      set_int (json, "start_ms", self->duration_ms * i / DEMO_FILM_CHAPTERS);
      take_string (json, "image", demo_file_chapter (film, i));
      json_builder_end_object (json);
    }
  json_builder_end_array (json);
}

static void
write_state (const DemoCatalogue *self, JsonBuilder *json, gboolean watched, double at)
{
  set_boolean (json, "watched", watched);
  set_int (json, "position_ms", self->duration_ms * at);
}

static void
write_movie (const DemoCatalogue *self, JsonBuilder *json, const DemoTitle *title, guint i)
{
  double at = 0;

  for (guint k = 0; k < G_N_ELEMENTS (begun); k++)
    if (strcmp (begun[k].id, title->id) == 0)
      at = begun[k].at;
  json_builder_begin_object (json);
  write_title (json, title, i);
  write_people (json, title, NULL);
  write_film (self, json, title, title->minutes);
  write_state (self, json, at == 0 && i % 5 == 1, at);
  json_builder_end_object (json);
}

static void
write_episode (const DemoCatalogue *self,
               JsonBuilder *json,
               guint i,
               guint season,
               guint number,
               guint episode,
               const char *name)
{
  guint n;
  const DemoShow *show = &demo_shows (&n)[i];
  guint seen = 0;
  double at = 0;

  for (guint k = 0; k < G_N_ELEMENTS (followed); k++)
    if (strcmp (followed[k].id, show->title.id) == 0)
      {
        seen = followed[k].seen;
        at = followed[k].at;
      }
  json_builder_begin_object (json);
  set_string (json, "title", name);
  set_int (json, "number", number + 1);
  take_string (json, "overview", demo_show_overview (show, episode));
  take_string (json, "still", demo_file_still (show, episode));
  take_string (json, "aired", format_day (show->title.year + season, 9, 12, 0 - 7 * (int) number));
  write_film (self, json, &show->title, show->title.minutes + (int) (episode * 5 % 7) - 3);
  write_state (self, json, episode < seen, episode == seen ? at : 0);
  json_builder_end_object (json);
}

static void
write_seasons (const DemoCatalogue *self, JsonBuilder *json, guint i)
{
  guint n, episode = 0;
  const DemoShow *show = &demo_shows (&n)[i];
  g_auto (GStrv) names = g_strsplit (show->names, "|", -1);

  begin_array (json, "seasons");
  for (guint season = 0; season < DEMO_MAX_SEASONS && show->episodes[season] > 0; season++)
    {
      json_builder_begin_object (json);
      take_string (json, "title", g_strdup_printf ("Season %u", season + 1));
      set_int (json, "number", season + 1);
      take_string (json, "poster", demo_file_season (show, season));
      begin_array (json, "episodes");
      for (guint number = 0; number < show->episodes[season]; number++, episode++)
        write_episode (self, json, i, season, number, episode, names[episode]);
      json_builder_end_array (json);
      json_builder_end_object (json);
    }
  json_builder_end_array (json);
}

static void
write_show (const DemoCatalogue *self, JsonBuilder *json, const DemoShow *show, guint i)
{
  json_builder_begin_object (json);
  write_title (json, &show->title, i * 5 + 2);
  write_people (json, &show->title, show->leads);
  write_seasons (self, json, i);
  json_builder_end_object (json);
}

gboolean
demo_catalogue_write (const DemoCatalogue *self, const char *path, GError **error)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  guint n_movies, n_shows;
  const DemoTitle *movies = demo_movies (&n_movies);
  const DemoShow *shows = demo_shows (&n_shows);

  json_builder_begin_object (json);
  set_int (json, "version", DEMO_VERSION);
  begin_array (json, "movies");
  for (guint i = 0; i < n_movies; i++)
    write_movie (self, json, &movies[i], i);
  json_builder_end_array (json);
  begin_array (json, "shows");
  for (guint i = 0; i < n_shows; i++)
    write_show (self, json, &shows[i], i);
  json_builder_end_array (json);
  json_builder_end_object (json);
  root = json_builder_get_root (json);
  text = json_to_string (root, TRUE);
  return g_file_set_contents (path, text, -1, error);
}
