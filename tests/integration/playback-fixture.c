#include "playback-fixture.h"

#include "bijou-sign-in.h"
#include "bijou-test-files.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- the film --- */

void
playback_fixture_draw (const BijouFilmPicture *picture, guint frame, gpointer data)
{
  for (int y = 0; y < picture->height; y++)
    memset (picture->plane[0] + y * picture->stride[0], 40 + frame, picture->width);
  for (int y = 0; y < (picture->height + 1) / 2; y++)
    {
      memset (picture->plane[1] + y * picture->stride[1], 128, (picture->width + 1) / 2);
      memset (picture->plane[2] + y * picture->stride[2], 128, (picture->width + 1) / 2);
    }
}

void
playback_fixture_play_sound (gint16 *samples, guint n, guint64 first, guint track, gpointer data)
{
  memset (samples, 0, n * sizeof *samples);
}

static void
draw_noise (const BijouFilmPicture *picture, guint frame, gpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (frame);

  playback_fixture_draw (picture, 0, data);
  for (int y = 0; y < picture->height; y++)
    for (int x = 0; x + 4 <= picture->width; x += 4)
      {
        guint32 grey = g_rand_int (rand);

        memcpy (picture->plane[0] + y * picture->stride[0] + x, &grey, 4);
      }
}

static void
make_film (const char *folder, const PlaybackFilm *film)
{
  static const BijouFilmTrack sounds[] = { { "eng", "English" }, { "fra", "French" } };
  g_autofree char *path = g_build_filename (folder, "film.mkv", NULL);
  g_autoptr (GError) error = NULL;
  BijouFilm made = { .container = BIJOU_FILM_MATROSKA,
                     .codec = BIJOU_FILM_H264_AAC,
                     .width = film->width,
                     .height = film->height,
                     .fps = film->fps,
                     .seconds = film->seconds,
                     .video_kbits = film->video_kbits,
                     .sample_rate = 48000,
                     .sounds = sounds,
                     .n_sounds = 2,
                     .draw = film->noise ? draw_noise : playback_fixture_draw,
                     .sound = playback_fixture_play_sound };

  bijou_film_make (&made, path, &error);
  g_assert_no_error (error);
}

/* --- waiting --- */

gboolean
playback_fixture_on_deadline_cb (gpointer user_data)
{
  g_error ("nothing came of %s", (const char *) user_data);
  return G_SOURCE_REMOVE;
}

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

void
playback_fixture_sign_in (BijouContext *context, BijouFakeServer *server, gboolean is_plex)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *token = bijou_fake_server_dup_token (server, 0);
  g_autofree char *id = NULL;

  if (is_plex)
    bijou_sign_in_token_async (context, bijou_backend_type_find ("plex"),
                               bijou_fake_server_get_url (server), token, NULL, on_done_cb,
                               &result);
  else
    bijou_sign_in_password_async (
        context, bijou_backend_type_find ("jellyfin"), bijou_fake_server_get_url (server),
        bijou_fake_server_get_user (server), bijou_fake_server_get_password (server), NULL,
        on_done_cb, &result);
  WAIT_FOR (result != NULL);
  id = bijou_sign_in_finish (result, &error);
  g_assert_no_error (error);
}

static GPtrArray *
list_films (PlaybackFixture *self)
{
  BijouItemQuery query = { .kind = BIJOU_ITEM_MOVIE };
  g_autoptr (GError) error = NULL;
  GPtrArray *films =
      bijou_store_list_items (bijou_context_get_store (self->context), &query, &error);

  g_assert_no_error (error);
  return films;
}

/* The sign-in begins a first sync. */
static gboolean
has_film (PlaybackFixture *self)
{
  g_autoptr (GPtrArray) films = list_films (self);

  if (films->len == 0)
    return FALSE;
  self->film = g_object_ref (g_ptr_array_index (films, 0));
  return TRUE;
}

void
playback_fixture_count_cb (BijouPlayback *playback, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
count_failure_cb (BijouPlayback *playback, GError *error, gpointer user_data)
{
  ++*(guint *) user_data;
}

GstElement *
playback_fixture_make_sink (const char *name)
{
  GstElement *sink = gst_element_factory_make (name, NULL);

  g_object_set (sink, "sync", TRUE, NULL);
  return sink;
}

static void
open_playback (PlaybackFixture *self, GstElement *video_sink)
{
  GSettings *settings = bijou_context_get_settings (self->context);

  g_settings_set_boolean (settings, "rewind-on-resume", FALSE);
  self->playback =
      bijou_playback_new (self->context, video_sink, playback_fixture_make_sink ("fakeaudiosink"));
  bijou_playback_set_report_interval (self->playback, 400);
  g_signal_connect (self->playback, "ready", G_CALLBACK (playback_fixture_count_cb), &self->ready);
  g_signal_connect (self->playback, "ended", G_CALLBACK (playback_fixture_count_cb), &self->ended);
  g_signal_connect (self->playback, "revoked", G_CALLBACK (playback_fixture_count_cb),
                    &self->revoked);
  g_signal_connect (self->playback, "failed", G_CALLBACK (count_failure_cb), &self->failed);
}

void
playback_fixture_set_up (PlaybackFixture *self, const PlaybackFilm *film, GstElement *video_sink)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;
  BijouContextOptions profile = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *media = NULL;
  g_autofree char *home = NULL;

  self->is_plex = film->is_plex;
  self->folder = g_dir_make_tmp ("bijou-playback-XXXXXX", NULL);
  media = g_build_filename (self->folder, "media", NULL);
  home = g_build_filename (self->folder, "home", NULL);
  g_mkdir (media, 0700);
  g_mkdir (home, 0700);
  make_film (media, film);

  options.movies = 1;
  options.shows = 0;
  options.media_dir = media;
  self->server = bijou_fake_server_start (self->is_plex ? BIJOU_FAKE_PLEX : BIJOU_FAKE_JELLYFIN,
                                          &options, NULL);
  profile.profile = home;
  self->context = bijou_context_new (&profile, &error);
  g_assert_no_error (error);
  bijou_context_start_services (self->context);
  playback_fixture_sign_in (self->context, self->server, self->is_plex);
  WAIT_FOR (has_film (self));
  open_playback (self,
                 video_sink != NULL ? video_sink : playback_fixture_make_sink ("fakevideosink"));
}

void
playback_fixture_tear_down (PlaybackFixture *self)
{
  g_clear_object (&self->playback);
  g_clear_object (&self->film);
  bijou_context_shutdown (self->context);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (self->context);
  bijou_fake_server_stop (self->server);
  bijou_test_remove_tree (self->folder);
  g_free (self->folder);
}
