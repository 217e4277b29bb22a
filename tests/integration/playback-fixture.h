/* A film on a fake server, a profile that is signed in there, and a playback that shows nothing. */
#pragma once

#include "bijou-fake-server.h"
#include "bijou-film-maker.h"
#include "bijou-playback.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean is_plex;
  guint seconds;
  int width;
  int height;
  int fps;
  guint video_kbits; /* of noise, when it is more than flat pictures take */
  gboolean noise;
} PlaybackFilm;

typedef struct
{
  char *folder; /* (owned) the profile and the film */
  BijouFakeServer *server;
  BijouContext *context;
  BijouPlayback *playback;
  BijouItem *film; /* (owned) */
  gboolean is_plex;
  guint ready;
  guint ended;
  guint failed;
  guint revoked;
} PlaybackFixture;

/* @video_sink: (transfer floating) (nullable) */
void
playback_fixture_set_up (PlaybackFixture *self, const PlaybackFilm *film, GstElement *video_sink);
void playback_fixture_tear_down (PlaybackFixture *self);

/* Parts of it, for tests that need another film, server or playback. */
void playback_fixture_draw (const BijouFilmPicture *picture, guint frame, gpointer data);
void
playback_fixture_play_sound (gint16 *samples, guint n, guint64 first, guint track, gpointer data);
void playback_fixture_sign_in (BijouContext *context, BijouFakeServer *server, gboolean is_plex);
GstElement *playback_fixture_make_sink (const char *name);
/* @user_data: (guint *): one more */
void playback_fixture_count_cb (BijouPlayback *playback, gpointer user_data);

#define PLAYBACK_DEADLINE_S 40

gboolean playback_fixture_on_deadline_cb (gpointer user_data);

#define WAIT_LONG_FOR(condition, seconds)                                                          \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint deadline =                                                                               \
        g_timeout_add_seconds (seconds, playback_fixture_on_deadline_cb, (gpointer) #condition);   \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (deadline);                                                                    \
  }                                                                                                \
  G_STMT_END

#define WAIT_FOR(condition) WAIT_LONG_FOR (condition, PLAYBACK_DEADLINE_S)

G_END_DECLS
