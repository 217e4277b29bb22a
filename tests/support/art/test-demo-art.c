#include "config.h"

#include "demo-catalogue.h"
#include "demo-finish.h"
#include "demo-lettering.h"
#include "demo-music.h"
#include "demo-people.h"
#include "demo-picture.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

static GBytes *
read_pixels (cairo_surface_t *surface)
{
  gsize n =
      (gsize) cairo_image_surface_get_stride (surface) * cairo_image_surface_get_height (surface);

  cairo_surface_flush (surface);
  return g_bytes_new (cairo_image_surface_get_data (surface), n);
}

static GBytes *
draw (DemoScene scene, guint palette, const char *seed, int w, int h)
{
  cairo_surface_t *surface = demo_picture_draw_scene (scene, palette, seed, 0, w, h, 0.6);
  GBytes *pixels = read_pixels (surface);

  g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (surface);
  return pixels;
}

/* A seed draws the same picture each time, and another seed another one. */
static void
test_scenes (void)
{
  for (guint scene = 0; scene < DEMO_N_SCENES; scene++)
    for (int tall = 0; tall < 2; tall++)
      {
        int w = tall ? 80 : 160, h = tall ? 120 : 90;
        guint palette = (scene * 3 + tall) % DEMO_N_PALETTES;
        g_autoptr (GBytes) a = draw (scene, palette, "a", w, h);
        g_autoptr (GBytes) again = draw (scene, palette, "a", w, h);
        g_autoptr (GBytes) b = draw (scene, palette, "b", w, h);

        g_assert_true (g_bytes_equal (a, again));
        /* These two have nothing to dice. */
        if (scene != DEMO_CORRIDOR && scene != DEMO_RINGS && scene != DEMO_CURTAIN)
          g_assert_false (g_bytes_equal (a, b));
      }
}

static guint
brightness_at (cairo_surface_t *surface, int x, int y)
{
  const guint8 *data = cairo_image_surface_get_data (surface);
  const guint8 *pixel = data + (gsize) y * cairo_image_surface_get_stride (surface) + x * 4;

  return pixel[0] + pixel[1] + pixel[2];
}

static cairo_surface_t *
new_grey (int w, int h)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, w, h);
  cairo_t *cr = cairo_create (surface);

  cairo_set_source_rgb (cr, 0.5, 0.5, 0.5);
  cairo_paint (cr);
  cairo_destroy (cr);
  return surface;
}

static void
test_finish (void)
{
  cairo_surface_t *surface = new_grey (120, 80);
  g_autoptr (GBytes) before = read_pixels (surface);
  g_autoptr (GBytes) same = NULL;
  guint grey = brightness_at (surface, 60, 40);

  demo_finish (surface, 0, 0, 0);
  same = read_pixels (surface);
  g_assert_cmpint (memcmp (g_bytes_get_data (before, NULL), g_bytes_get_data (same, NULL), 3), ==,
                   0);
  demo_finish (surface, 0, 0.4, 0);
  g_assert_cmpuint (brightness_at (surface, 60, 40), ==, grey);
  g_assert_cmpuint (brightness_at (surface, 0, 0), <, grey * 7 / 10);
  demo_finish (surface, 0.3, 0, 0);
  g_assert_cmpuint (brightness_at (surface, 60, 40), >, grey);
  cairo_surface_destroy (surface);
}

/* However long a line is, its ink stays within the width that it was given. */
static void
test_lettering (void)
{
  DemoLettering letters = { DEMO_BEBAS, 60, 0.05, DEMO_WHITE, 0, DEMO_CENTRE, 0, 160 };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 200, 200);
  cairo_t *cr = cairo_create (surface);
  guint ink = 0;

  demo_lettering_draw (&letters, cr, 200, 30, "A LINE MUCH TOO LONG\nSHORT");
  g_assert_cmpfloat (demo_lettering_height (&letters, cr, "A"), >, 20);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  for (int y = 0; y < 200; y++)
    for (int x = 0; x < 200; x++)
      {
        guint v = brightness_at (surface, x, y);

        ink += v;
        if (x < 15 || x >= 185)
          g_assert_cmpuint (v, ==, 0);
      }
  g_assert_cmpuint (ink, >, 0);
  cairo_surface_destroy (surface);
}

static void
test_titles (void)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_movies, n_shows;
  const DemoTitle *movies = demo_movies (&n_movies);
  const DemoShow *shows = demo_shows (&n_shows);

  for (guint i = 0; i < n_movies; i++)
    g_assert_true (g_hash_table_add (ids, (gpointer) movies[i].id));
  for (guint i = 0; i < n_shows; i++)
    {
      g_auto (GStrv) names = g_strsplit (shows[i].names, "|", -1);
      guint n = demo_show_count_episodes (&shows[i]);

      g_assert_true (g_hash_table_add (ids, (gpointer) shows[i].title.id));
      g_assert_cmpuint (g_strv_length (names), ==, n);
      for (guint k = 0; k < n; k++)
        {
          g_autofree char *overview = demo_show_overview (&shows[i], k);

          g_assert_true (g_utf8_validate (overview, -1, NULL));
          g_assert_null (strpbrk (overview, "123"));
        }
    }
}

/* With few films and with many, each title plays one of those that are made. */
static void
test_films (void)
{
  guint n_movies;
  const DemoTitle *movies = demo_movies (&n_movies);

  for (guint films = 1; films < 60; films += 7)
    {
      DemoCatalogue catalogue = { films, 1000 };
      g_autoptr (GHashTable) used = g_hash_table_new (NULL, NULL);

      for (guint i = 0; i < n_movies; i++)
        g_hash_table_add (used, (gpointer) demo_catalogue_film_of (&catalogue, &movies[i]));
      g_assert_cmpuint (g_hash_table_size (used), <=, films);
      if (films >= DEMO_N_SCENES)
        for (guint i = 0; i < n_movies; i++)
          g_assert_cmpint (demo_catalogue_film_of (&catalogue, &movies[i])->scene, ==,
                           movies[i].scene);
    }
}

static void
test_catalogue (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "bijou-demo-catalogue.json", NULL);
  DemoCatalogue catalogue = { 24, 180000 };
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *root, *movie;

  demo_catalogue_write (&catalogue, path, &error);
  g_assert_no_error (error);
  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "movies")), ==, 40);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "shows")), ==, 8);
  movie = json_array_get_object_element (json_object_get_array_member (root, "movies"), 0);
  g_assert_cmpstr (json_object_get_string_member (movie, "film"), ==, "film-lantern-tide.mkv");
  g_assert_cmpint (json_object_get_int_member (movie, "position_ms"), <, 180000);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (movie, "versions")), ==,
                    1);
  g_assert_cmpstr (
      json_object_get_string_member (
          json_array_get_object_element (json_object_get_array_member (movie, "chapters"), 4),
          "image"),
      ==, "chapter-lantern-tide-5.jpg");
  g_unlink (path);
}

static void
test_people (void)
{
  for (guint i = 0; i < DEMO_N_PEOPLE; i++)
    {
      cairo_surface_t *surface = new_grey (60, 60);
      cairo_t *cr = cairo_create (surface);
      DemoDice dice = demo_dice_new ("person", i);
      DemoStage stage = { cr, demo_palette (DEMO_DUSK), &dice, 60, 60, 60, 30 };

      demo_person_draw (i, &stage);
      g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
      g_assert_cmpstr (demo_person_name (i), !=, demo_person_name ((i + 1) % DEMO_N_PEOPLE));
      cairo_destroy (cr);
      cairo_surface_destroy (surface);
    }
}

/* Sound that is asked for in pieces is the sound asked for at once. */
static void
test_music (void)
{
  const guint n = 24000 * 7, piece = 6400;
  g_autofree gint16 *whole = g_new0 (gint16, n);
  g_autofree gint16 *pieces = g_new0 (gint16, n);
  gint peak = 0;

  demo_music_fill (whole, n, 0, 24000, 3, 1);
  for (guint at = 0; at < n; at += piece)
    demo_music_fill (pieces + at, MIN (piece, n - at), at, 24000, 3, 1);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpint (ABS (whole[i] - pieces[i]), <, 200);
      peak = MAX (peak, ABS (whole[i]));
    }
  g_assert_cmpint (peak, >, 3000);
  g_assert_cmpint (peak, <, 30000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo-art/scenes", test_scenes);
  g_test_add_func ("/demo-art/finish", test_finish);
  g_test_add_func ("/demo-art/lettering", test_lettering);
  g_test_add_func ("/demo-art/people", test_people);
  g_test_add_func ("/demo-art/music", test_music);
  g_test_add_func ("/demo-art/titles", test_titles);
  g_test_add_func ("/demo-art/films", test_films);
  g_test_add_func ("/demo-art/catalogue", test_catalogue);
  return g_test_run ();
}
