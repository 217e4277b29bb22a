#include "config.h"

#include "bijou-fake-server.h"
#include "bijou-film-maker.h"
#include "bijou-player-page-private.h"
#include "bijou-sign-in.h"
#include "bijou-test-files.h"
#include "bijou-test-library.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>

/* The player page in a window, with a film of a server, as a user meets it. */

#define SECONDS 12

typedef struct
{
  char *folder; /* (owned) the profile and the film */
  BijouFakeServer *server;
  BijouContext *context;
  BijouItem *film;       /* (owned) */
  GtkWindow *window;     /* GTK's until destroyed; NULL after that */
  BijouPlayerPage *page; /* (unowned) in the window */
  guint closed;
} Fixture;

/* --- the film --- */

static void
draw (const BijouFilmPicture *picture, guint frame, gpointer data)
{
  for (int y = 0; y < picture->height; y++)
    memset (picture->plane[0] + y * picture->stride[0], 40 + frame % 160, picture->width);
  for (int y = 0; y < (picture->height + 1) / 2; y++)
    {
      memset (picture->plane[1] + y * picture->stride[1], 128, (picture->width + 1) / 2);
      memset (picture->plane[2] + y * picture->stride[2], 128, (picture->width + 1) / 2);
    }
}

static void
play_sound (gint16 *samples, guint n, guint64 first, guint track, gpointer data)
{
  memset (samples, 0, n * sizeof *samples);
}

static char *
write_cue (guint track, guint cue, guint64 *start_ms, guint64 *length_ms, gpointer data)
{
  if (cue >= SECONDS)
    return NULL;
  *start_ms = cue * 1000;
  *length_ms = 900;
  return g_strdup_printf ("Line %u", cue);
}

static char *
dup_film_path (Fixture *fixture)
{
  return g_build_filename (fixture->folder, "media", "film.mkv", NULL);
}

static void
make_film (Fixture *fixture)
{
  static const BijouFilmTrack sounds[] = { { "eng", "English" }, { "fra", "French" } };
  static const BijouFilmTrack texts[] = { { "eng", "English" } };
  g_autofree char *path = dup_film_path (fixture);
  g_autoptr (GError) error = NULL;
  BijouFilm film = { .container = BIJOU_FILM_MATROSKA,
                     .codec = BIJOU_FILM_H264_AAC,
                     .width = 64,
                     .height = 36,
                     .fps = 25,
                     .seconds = SECONDS,
                     .video_kbits = 100,
                     .sample_rate = 48000,
                     .sounds = sounds,
                     .n_sounds = G_N_ELEMENTS (sounds),
                     .texts = texts,
                     .n_texts = G_N_ELEMENTS (texts),
                     .draw = draw,
                     .sound = play_sound,
                     .cue = write_cue };

  bijou_film_make (&film, path, &error);
  g_assert_no_error (error);
}

/* --- set up --- */

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
has_result (gpointer data)
{
  return *(GAsyncResult **) data != NULL;
}

static void
sign_in (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  bijou_sign_in_password_async (
      fixture->context, bijou_backend_type_find ("jellyfin"),
      bijou_fake_server_get_url (fixture->server), bijou_fake_server_get_user (fixture->server),
      bijou_fake_server_get_password (fixture->server), NULL, on_done_cb, &result);
  bijou_test_wait (has_result, &result);
  id = bijou_sign_in_finish (result, &error);
  g_assert_no_error (error);
}

/* The sign-in begins a first sync. */
static gboolean
has_film (gpointer data)
{
  Fixture *fixture = data;
  BijouItemQuery query = { .kind = BIJOU_ITEM_MOVIE };
  g_autoptr (GPtrArray) films =
      bijou_store_list_items (bijou_context_get_store (fixture->context), &query, NULL);

  if (films == NULL || films->len == 0)
    return FALSE;
  g_set_object (&fixture->film, g_ptr_array_index (films, 0));
  return TRUE;
}

static void
count_cb (BijouPlayerPage *page, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
open_window (Fixture *fixture, int width, int height)
{
  fixture->page = bijou_player_page_new (fixture->context);
  g_signal_connect (fixture->page, "closed", G_CALLBACK (count_cb), &fixture->closed);
  fixture->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_decorated (fixture->window, FALSE);
  gtk_window_set_default_size (fixture->window, width, height);
  gtk_window_set_child (fixture->window, GTK_WIDGET (fixture->page));
  gtk_window_present (fixture->window);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;
  BijouContextOptions profile = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *media = NULL;
  g_autofree char *home = NULL;

  fixture->folder = g_dir_make_tmp ("bijou-player-page-XXXXXX", NULL);
  media = g_build_filename (fixture->folder, "media", NULL);
  home = g_build_filename (fixture->folder, "home", NULL);
  g_mkdir (media, 0700);
  g_mkdir (home, 0700);
  make_film (fixture);

  options.movies = 1;
  options.shows = 0;
  options.media_dir = media;
  fixture->server = bijou_fake_server_start (BIJOU_FAKE_JELLYFIN, &options, NULL);
  profile.profile = home;
  fixture->context = bijou_context_new (&profile, &error);
  g_assert_no_error (error);
  bijou_context_start_services (fixture->context);
  sign_in (fixture);
  bijou_test_wait (has_film, fixture);
  open_window (fixture, 900, 500);
}

static void
close_window (Fixture *fixture)
{
  g_clear_pointer (&fixture->window, gtk_window_destroy);
  fixture->page = NULL;
  bijou_test_settle ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  close_window (fixture);
  g_clear_object (&fixture->film);
  bijou_context_shutdown (fixture->context);
  bijou_test_settle ();
  g_object_unref (fixture->context);
  bijou_fake_server_stop (fixture->server);
  bijou_test_remove_tree (fixture->folder);
  g_free (fixture->folder);
}

/* --- what is asked and seen --- */

typedef struct
{
  Fixture *fixture;
  BijouPlayerState state;
} Expected;

static BijouPlayerState
get_state (Fixture *fixture)
{
  return bijou_playback_get_state (fixture->page->playback);
}

static gboolean
is_in_state (gpointer data)
{
  Expected *expected = data;

  return get_state (expected->fixture) == expected->state;
}

static void
wait_for_state (Fixture *fixture, BijouPlayerState state)
{
  Expected expected = { fixture, state };

  bijou_test_wait (is_in_state, &expected);
}

static void
play (Fixture *fixture, gint64 start_ms)
{
  bijou_player_page_play (fixture->page, fixture->film, start_ms, NULL);
  wait_for_state (fixture, BIJOU_PLAYER_PLAYING);
}

static void
press (Fixture *fixture, guint key)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (fixture->page));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      gboolean handled = FALSE;

      if (!GTK_IS_EVENT_CONTROLLER_KEY (controller))
        continue;
      g_signal_emit_by_name (controller, "key-pressed", key, 0, 0, &handled);
      g_assert_true (handled);
      g_signal_emit_by_name (controller, "key-released", key, 0, 0);
      return;
    }
  g_assert_not_reached ();
}

static GtkWidget *
find_button (GtkWidget *root, const char *label)
{
  GtkWidget *found = NULL;

  if (GTK_IS_BUTTON (root) && gtk_widget_get_mapped (root) &&
      g_strcmp0 (gtk_button_get_label (GTK_BUTTON (root)), label) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_button (child, label);
  return found;
}

static gboolean
has_leave (gpointer data)
{
  return find_button (GTK_WIDGET (((Fixture *) data)->page), "Leave") != NULL;
}

static gboolean
is_closed (gpointer data)
{
  return ((Fixture *) data)->closed > 0;
}

static gboolean
was_stopped (gpointer data)
{
  return bijou_fake_server_count (((Fixture *) data)->server, "POST /Sessions/Playing/Stopped*") >
         0;
}

static gboolean
has_picture (gpointer data)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GtkWidget *video = GTK_WIDGET (((Fixture *) data)->page->video);
  g_autoptr (GskRenderNode) node = NULL;

  GTK_WIDGET_GET_CLASS (video)->snapshot (video, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  return node != NULL;
}

/* --- tests --- */

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  BijouPlayer *player = bijou_playback_get_player (fixture->page->playback);
  gint64 position;

  play (fixture, 0);
  bijou_test_wait (has_picture, fixture);
  press (fixture, GDK_KEY_space);
  wait_for_state (fixture, BIJOU_PLAYER_PAUSED);
  press (fixture, GDK_KEY_5);
  position = bijou_playback_get_position (fixture->page->playback);
  g_assert_cmpint (ABS (position - SECONDS * 500), <, 100);
  press (fixture, GDK_KEY_Left);
  position = bijou_playback_get_position (fixture->page->playback);
  g_assert_cmpint (position, <, SECONDS * 500 - 1000);
  press (fixture, GDK_KEY_m);
  g_assert_true (bijou_player_get_muted (player));
  press (fixture, GDK_KEY_Down);
  g_assert_false (bijou_player_get_muted (player));
  g_assert_cmpfloat (bijou_player_get_volume (player), <, 0.99);
  press (fixture, GDK_KEY_bracketright);
  g_assert_cmpfloat (bijou_player_get_rate (player), ==, 1.25);
  press (fixture, GDK_KEY_space);
  wait_for_state (fixture, BIJOU_PLAYER_PLAYING);
}

static void
test_buttons (Fixture *fixture, gconstpointer data)
{
  play (fixture, 0);
  g_signal_emit_by_name (fixture->page->play, "clicked");
  wait_for_state (fixture, BIJOU_PLAYER_PAUSED);
  gtk_toggle_button_set_active (fixture->page->speed_button, TRUE);
  g_assert_true (gtk_widget_get_visible (fixture->page->speed_panel));
  gtk_toggle_button_set_active (fixture->page->info_button, TRUE);
  g_assert_false (gtk_widget_get_visible (fixture->page->speed_panel));
  g_assert_true (gtk_widget_get_visible (fixture->page->info_panel));
  press (fixture, GDK_KEY_Escape);
  g_assert_false (bijou_player_page_has_open_panel (fixture->page));
  g_assert_cmpuint (fixture->closed, ==, 0);
}

static int
preview (Fixture *fixture, double x)
{
  g_signal_emit_by_name (fixture->page->seek_bar, "preview", (gint64) 3000, x);
  return gtk_widget_get_margin_start (fixture->page->bubble);
}

/* The bubble stands where the pointer is, wherever it was before. */
static void
test_bubble (Fixture *fixture, gconstpointer data)
{
  int left;
  int right;

  play (fixture, 0);
  left = preview (fixture, 300);
  right = preview (fixture, 400);
  g_assert_cmpint (right, ==, left + 100);
  g_assert_cmpint (preview (fixture, 300), ==, left);
}

/* A notice of one film is not there at the next. */
static void
test_pill_goes (Fixture *fixture, gconstpointer data)
{
  play (fixture, 0);
  press (fixture, GDK_KEY_m);
  g_assert_true (gtk_revealer_get_reveal_child (fixture->page->pill_revealer));
  bijou_player_page_stop (fixture->page);
  g_assert_false (gtk_revealer_get_reveal_child (fixture->page->pill_revealer));
}

static gboolean
has_text (gpointer data)
{
  BijouPlayer *player = bijou_playback_get_player (((Fixture *) data)->page->playback);

  return bijou_player_get_selected_track (player, BIJOU_TRACK_TEXT) == 0;
}

static GtkListBox *
find_list (GtkWidget *root, int *skip)
{
  GtkListBox *found = NULL;

  if (GTK_IS_LIST_BOX (root) && (*skip)-- == 0)
    return GTK_LIST_BOX (root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_list (child, skip);
  return found;
}

static void
test_subtitle (Fixture *fixture, gconstpointer data)
{
  GtkListBox *list;
  int skip = 1;

  play (fixture, 0);
  g_assert_false (has_text (fixture));
  gtk_toggle_button_set_active (fixture->page->tracks_button, TRUE);
  list = find_list (fixture->page->tracks_panel, &skip);
  g_assert_nonnull (gtk_list_box_get_row_at_index (list, 1));
  g_signal_emit_by_name (list, "row-activated", gtk_list_box_get_row_at_index (list, 1));
  bijou_test_wait (has_text, fixture);
  wait_for_state (fixture, BIJOU_PLAYER_PLAYING);
}

static void
test_closed (Fixture *fixture, gconstpointer data)
{
  play (fixture, 4000);
  press (fixture, GDK_KEY_Escape);
  g_assert_cmpuint (fixture->closed, ==, 1);
  g_assert_cmpint (get_state (fixture), ==, BIJOU_PLAYER_IDLE);
  g_assert_false (has_picture (fixture));
  bijou_test_wait (was_stopped, fixture);
}

/* A window that is closed tells the server too. */
static void
test_window_closed (Fixture *fixture, gconstpointer data)
{
  play (fixture, 4000);
  close_window (fixture);
  bijou_test_wait (was_stopped, fixture);
}

static void
test_closed_early (Fixture *fixture, gconstpointer data)
{
  bijou_player_page_play (fixture->page, fixture->film, 0, NULL);
  bijou_player_page_play (fixture->page, fixture->film, 2000, NULL);
  bijou_player_page_stop (fixture->page);
  play (fixture, 2000);
  bijou_player_page_play (fixture->page, fixture->film, 0, NULL);
  close_window (fixture);
}

static void
test_end (Fixture *fixture, gconstpointer data)
{
  play (fixture, 0);
  bijou_player_page_seek_to (fixture->page, (SECONDS - 1) * 1000);
  bijou_test_wait (is_closed, fixture);
  bijou_test_wait (was_stopped, fixture);
}

static void
test_no_server (Fixture *fixture, gconstpointer data)
{
  bijou_fake_server_set_refusing (fixture->server, TRUE);
  bijou_player_page_play (fixture->page, fixture->film, 0, NULL);
  wait_for_state (fixture, BIJOU_PLAYER_FAILED);
  bijou_test_wait (has_leave, fixture);
  bijou_fake_server_set_refusing (fixture->server, FALSE);
  g_signal_emit_by_name (find_button (GTK_WIDGET (fixture->page), "Retry Now"), "clicked");
  wait_for_state (fixture, BIJOU_PLAYER_PLAYING);
  g_assert_false (has_leave (fixture));
}

static void
test_no_film (Fixture *fixture, gconstpointer data)
{
  bijou_fake_server_add_fault (fixture->server, "GET /Videos/* status=404");
  bijou_player_page_play (fixture->page, fixture->film, 0, NULL);
  wait_for_state (fixture, BIJOU_PLAYER_FAILED);
  bijou_test_wait (has_leave, fixture);
  g_assert_nonnull (find_button (GTK_WIDGET (fixture->page), "Try Again"));
  g_signal_emit_by_name (find_button (GTK_WIDGET (fixture->page), "Leave"), "clicked");
  g_assert_cmpuint (fixture->closed, ==, 1);
}

static gboolean
is_narrow (gpointer data)
{
  return ((Fixture *) data)->page->narrow;
}

static void
assert_fits (GtkToggleButton *button, GtkWidget *panel)
{
  int minimum;

  gtk_toggle_button_set_active (button, TRUE);
  g_assert_true (gtk_widget_get_visible (panel));
  gtk_widget_measure (panel, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
}

static void
test_narrow (Fixture *fixture, gconstpointer data)
{
  int minimum;

  close_window (fixture);
  open_window (fixture, 360, 600);
  play (fixture, 0);
  bijou_test_wait (is_narrow, fixture);
  /* Not the page's own: that adapts what it says. */
  gtk_widget_measure (GTK_WIDGET (fixture->page->overlay), GTK_ORIENTATION_HORIZONTAL, -1, &minimum,
                      NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  assert_fits (fixture->page->tracks_button, fixture->page->tracks_panel);
  assert_fits (fixture->page->more_button, fixture->page->speed_panel);
  assert_fits (fixture->page->info_button, fixture->page->info_panel);
}

#define ADD(name, func) g_test_add ("/player-page/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  /* No sound, and no need of a sound server. */
  g_setenv ("GST_PLUGIN_FEATURE_RANK", "fakeaudiosink:MAX", TRUE);
  gtk_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  adw_init ();
  ADD ("keys", test_keys);
  ADD ("buttons", test_buttons);
  ADD ("bubble", test_bubble);
  ADD ("pill-goes", test_pill_goes);
  ADD ("subtitle", test_subtitle);
  ADD ("closed", test_closed);
  ADD ("window-closed", test_window_closed);
  ADD ("closed-early", test_closed_early);
  ADD ("end", test_end);
  ADD ("no-server", test_no_server);
  ADD ("no-film", test_no_film);
  ADD ("narrow", test_narrow);
  return g_test_run ();
}
