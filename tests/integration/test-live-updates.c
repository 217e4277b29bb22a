#include "config.h"

#include "server-fixture.h"

#include "bijou-live-private.h"
#include "bijou-outbox.h"

#include "bijou-json.h"

#include <string.h>

/* Live updates through real sockets: what happens on the server comes into the store, whatever
 * happens to the socket. */

#define PATIENCE_S 30

static const BijouFakeOptions default_options = {
  .movies = 30, .shows = 2, .seasons = 2, .episodes = 4
};

/* Fast where a test waits, slow where it counts. */
static const BijouLivePace fast_pace = {
  .retry = { 10, 100 },
  .refused = 600 * 1000,
  .stable = 50,
  .quick = 10,
  .quiet = 100,
  .burst = 60 * 1000,
  .resync = 1,
  .refresh = 60 * 1000,
  .settle = BIJOU_STORE_SETTLE_MS + 100,
};

typedef struct
{
  ServerFixture server;
  BijouSyncService *sync;
  BijouLive *live;
  gboolean is_plex;
  guint n_syncs;       /* finished */
  GError *error;       /* (owned) (nullable) of the last one */
  guint n_changes;     /* of the live state */
  GHashTable *changed; /* local ids that the store said changed */
} Fixture;

static char *secret; /* what no line of the log may hold */
static gint n_leaks;

static GLogWriterOutput
watch_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (secret != NULL && fields[i].length == -1 && strstr (fields[i].value, secret) != NULL)
      g_atomic_int_inc (&n_leaks);
  return g_log_writer_default (level, fields, n_fields, user_data);
}

/* --- fixture --- */

static BijouBackend *
look_up (const char *server_id, gpointer user_data)
{
  Fixture *fixture = user_data;

  return fixture->server.backend != NULL ? g_object_ref (fixture->server.backend) : NULL;
}

static void
on_finished_cb (BijouSyncService *sync, const char *server_id, GError *error, Fixture *fixture)
{
  g_clear_error (&fixture->error);
  fixture->error = error != NULL ? g_error_copy (error) : NULL;
  fixture->n_syncs++;
}

static void
on_live_changed_cb (BijouLive *live, const char *server_id, Fixture *fixture)
{
  g_assert_cmpstr (server_id, ==, fixture->server.server_id);
  fixture->n_changes++;
}

static void
on_store_changed_cb (BijouStore *store, BijouStoreChange *change, Fixture *fixture)
{
  for (guint i = 0; change->ids != NULL && i < change->ids->len; i++)
    g_hash_table_add (fixture->changed,
                      g_memdup2 (&g_array_index (change->ids, gint64, i), sizeof (gint64)));
}

static void
on_connection_changed_cb (BijouConnection *connection, Fixture *fixture)
{
  if (bijou_connection_get_state (connection) == BIJOU_CONNECTION_CONNECTED)
    bijou_sync_service_heed (fixture->sync, fixture->server.server_id);
  bijou_live_heed (fixture->live, fixture->server.server_id);
}

static void
sync_now (Fixture *fixture)
{
  g_autoptr (GPtrArray) results = bijou_sync_job_run (
      fixture->server.store, fixture->server.backend, FALSE, NULL, NULL, NULL, NULL);

  g_assert_no_error (((BijouSyncResult *) results->pdata[results->len - 1])->error);
}

static void
set_up_with (Fixture *fixture, gconstpointer data, const BijouFakeOptions *options)
{
  server_fixture_set_up (&fixture->server, data, options);
  fixture->is_plex = g_str_equal (data, "plex");
  secret = fixture->server.token;
  if (!fixture->is_plex)
    g_free (bijou_fake_server_control (fixture->server.fake, "{\"library_delay_ms\":10}"));
  sync_now (fixture);
  fixture->changed = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  fixture->sync = bijou_sync_service_new (fixture->server.store, look_up, fixture);
  fixture->live =
      bijou_live_new (fixture->server.http, fixture->server.store, fixture->sync, look_up, fixture);
  bijou_live_set_pace (fixture->live, &fast_pace);
  g_signal_connect (fixture->sync, "finished", G_CALLBACK (on_finished_cb), fixture);
  g_signal_connect (fixture->live, "changed", G_CALLBACK (on_live_changed_cb), fixture);
  g_signal_connect (fixture->server.store, "changed", G_CALLBACK (on_store_changed_cb), fixture);
  g_signal_connect (bijou_backend_get_connection (fixture->server.backend), "changed",
                    G_CALLBACK (on_connection_changed_cb), fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  set_up_with (fixture, data, &default_options);
}

static gboolean
on_tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_until (gboolean (*done) (Fixture *fixture, gconstpointer data),
            Fixture *fixture,
            gconstpointer data)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;
  guint tick = g_timeout_add (5, on_tick_cb, NULL);

  while (!done (fixture, data))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (tick);
}

static gboolean
has_no_holder (Fixture *fixture, gconstpointer data)
{
  return G_OBJECT (fixture->server.backend)->ref_count == 1;
}

/* Threads that were given up may still hold the backend. */
static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (bijou_backend_get_connection (fixture->server.backend),
                                        fixture);
  bijou_live_stop (fixture->live);
  bijou_sync_service_stop (fixture->sync);
  wait_until (has_no_holder, fixture, NULL);
  g_signal_handlers_disconnect_by_data (fixture->server.store, fixture);
  g_assert_finalize_object (fixture->live);
  g_assert_finalize_object (fixture->sync);
  g_hash_table_unref (fixture->changed);
  g_clear_error (&fixture->error);
  secret = NULL;
  server_fixture_tear_down (&fixture->server);
  g_assert_cmpint (g_atomic_int_get (&n_leaks), ==, 0);
}

/* --- what is waited for --- */

static gboolean
is_up (Fixture *fixture, gconstpointer data)
{
  return bijou_live_is_up (fixture->live, fixture->server.server_id);
}

static gboolean
is_down (Fixture *fixture, gconstpointer data)
{
  return !is_up (fixture, data);
}

static BijouItem *
get_item (Fixture *fixture, const char *remote_id)
{
  return bijou_store_get_item (fixture->server.store, fixture->server.server_id, remote_id, NULL);
}

static gboolean
is_watched (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) item = get_item (fixture, data);

  return item != NULL && item->watched;
}

static gboolean
is_begun (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) item = get_item (fixture, data);

  return item != NULL && item->position_ms > 0;
}

static gboolean
is_gone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) item = get_item (fixture, data);

  return item == NULL;
}

static gboolean
is_renamed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) item = get_item (fixture, data);

  return g_strcmp0 (item->title, "Another Name") == 0;
}

static gboolean
has_synced (Fixture *fixture, gconstpointer data)
{
  return fixture->n_syncs >= GPOINTER_TO_UINT (data);
}

static gboolean
is_time_over (Fixture *fixture, gconstpointer data)
{
  return g_get_monotonic_time () >= *(const gint64 *) data;
}

/* For what must not happen: many times as long as it would take. */
static void
let_time_pass (Fixture *fixture, guint ms)
{
  gint64 until = g_get_monotonic_time () + ms * (gint64) 1000;

  wait_until (is_time_over, fixture, &until);
}

static void
control (Fixture *fixture, const char *format, const char *id)
{
  g_autofree char *order = g_strdup_printf (format, id);
  g_autofree char *reply = bijou_fake_server_control (fixture->server.fake, "%s", order);

  g_assert_null (strstr (reply, "\"error\""));
}

static void
begin (Fixture *fixture)
{
  g_autofree char *url = bijou_connection_get_base_url (
      bijou_backend_get_connection (fixture->server.backend), NULL, NULL);

  g_assert_nonnull (url);
  bijou_live_set_enabled (fixture->live, TRUE);
  bijou_live_heed (fixture->live, fixture->server.server_id);
  wait_until (is_up, fixture, NULL);
  g_hash_table_remove_all (fixture->changed);
}

static char *
get_film (Fixture *fixture, guint number)
{
  g_autoptr (GPtrArray) films = bijou_store_list_items (
      fixture->server.store, &(BijouItemQuery){ .kind = BIJOU_ITEM_MOVIE, .limit = 100 }, NULL);
  BijouItem *film;

  g_assert_cmpuint (films->len, >, number);
  film = films->pdata[number];
  return g_strdup (film->remote_id);
}

/* A film that nobody has touched. */
static char *
find_film (Fixture *fixture, guint number)
{
  g_autoptr (GPtrArray) films = bijou_store_list_items (
      fixture->server.store,
      &(BijouItemQuery){ .kind = BIJOU_ITEM_MOVIE, .unwatched_only = TRUE, .limit = 100 }, NULL);

  for (guint i = 0; i < films->len; i++)
    {
      BijouItem *film = films->pdata[i];

      if (film->position_ms == 0 && !film->favourite && number-- == 0)
        return g_strdup (film->remote_id);
    }
  g_assert_not_reached ();
}

static gboolean
is_said_to_have_changed (Fixture *fixture, const char *remote_id)
{
  g_autoptr (BijouItem) item = get_item (fixture, remote_id);

  return g_hash_table_contains (fixture->changed, &item->id);
}

/* Something that this server tells of a film: afterwards all that it told before is here. */
static void
play_to_the_middle (Fixture *fixture, const char *remote_id)
{
  static const BijouReportKind kinds[] = { BIJOU_REPORT_START, BIJOU_REPORT_PROGRESS,
                                           BIJOU_REPORT_STOP };
  g_autoptr (BijouItem) item = get_item (fixture, remote_id);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (BijouReport) report = bijou_report_new (kinds[i], "elsewhere", remote_id);
      g_autoptr (GError) error = NULL;

      report->duration_ms = item->duration_ms;
      report->position_ms = i == 0 ? 0 : item->duration_ms / 2;
      bijou_backend_report (fixture->server.backend, report, NULL, &error);
      g_assert_no_error (error);
    }
}

/* --- tests --- */

/* Jellyfin tells of marks, Plex does not. */
static void
test_mark (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = find_film (fixture, 0);
  gint64 began;

  if (fixture->is_plex)
    {
      g_test_skip ("Plex does not tell of marks");
      return;
    }
  begin (fixture);
  began = g_get_monotonic_time ();
  control (fixture, "{\"mark\":\"%s\",\"watched\":true}", film);
  wait_until (is_watched, fixture, film);
  g_test_minimized_result ((g_get_monotonic_time () - began) / 1000.0, "ms from the mark to here");
  g_assert_cmpuint (fixture->n_syncs, ==, 0);
}

/* ... so it is asked for when the window is looked at again. */
static void
test_refresh (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = find_film (fixture, 0);

  begin (fixture);
  control (fixture, "{\"mark\":\"%s\",\"watched\":true,\"quiet\":true}", film);
  bijou_live_refresh (fixture->live);
  bijou_live_refresh (fixture->live);
  if (fixture->is_plex)
    {
      wait_until (is_watched, fixture, film);
      wait_until (has_synced, fixture, GUINT_TO_POINTER (1));
      bijou_live_refresh (fixture->live);
      g_assert_false (bijou_sync_service_is_syncing (fixture->sync, fixture->server.server_id));
    }
  else
    g_assert_false (bijou_sync_service_is_syncing (fixture->sync, fixture->server.server_id));
}

static void
test_playback (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = find_film (fixture, 0);
  gint64 began;

  begin (fixture);
  began = g_get_monotonic_time ();
  play_to_the_middle (fixture, film);
  wait_until (is_begun, fixture, film);
  g_test_minimized_result ((g_get_monotonic_time () - began) / 1000.0, "ms from the stop to here");
  g_assert_cmpuint (fixture->n_syncs, ==, 0);
}

static gboolean
is_not_watched (Fixture *fixture, gconstpointer film)
{
  return !is_watched (fixture, film);
}

/* Marked here, and a moment later the other way round elsewhere: it could be an echo of before, so
 * the server is asked again when there can be none any more. */
static void
test_opposite_marks (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = get_film (fixture, 2);
  g_autoptr (BijouItem) item = get_item (fixture, film);
  g_autoptr (GError) error = NULL;

  if (fixture->is_plex)
    {
      g_test_skip ("Plex does not tell of marks");
      return;
    }
  g_assert_false (item->watched);
  begin (fixture);
  bijou_store_make_change (fixture->server.store, item, BIJOU_CHANGE_WATCHED, 0, &error);
  g_assert_no_error (error);
  bijou_outbox_flush (fixture->server.store, fixture->server.backend, NULL, NULL, &error);
  g_assert_no_error (error);
  control (fixture, "{\"mark\":\"%s\",\"watched\":false}", film);
  g_assert_true (is_watched (fixture, film));
  wait_until (is_not_watched, fixture, film);
  g_assert_cmpuint (fixture->n_syncs, ==, 0);
}

static void
test_rename (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = get_film (fixture, 3);

  begin (fixture);
  control (fixture, "{\"rename\":\"%s\",\"title\":\"Another Name\"}", film);
  wait_until (is_renamed, fixture, film);
}

static void
test_removal (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = get_film (fixture, 3);
  g_autofree char *other = get_film (fixture, 4);
  g_autofree char *forged = NULL;

  begin (fixture);
  /* The server says that one is gone which it still has. */
  forged = g_strdup_printf (
      fixture->is_plex
          ? "{\\\"NotificationContainer\\\":{\\\"TimelineEntry\\\":[{\\\"itemID\\\":%s,"
            "\\\"state\\\":9}]}}"
          : "{\\\"MessageType\\\":\\\"LibraryChanged\\\",\\\"Data\\\":{\\\"ItemsRemoved\\\":"
            "[\\\"%s\\\"]}}",
      other);
  control (fixture, "{\"send\":\"%s\"}", forged);
  control (fixture, "{\"remove\":\"%s\"}", film);
  wait_until (is_gone, fixture, film);
  g_assert_false (is_gone (fixture, other));
}

static guint
count_films (Fixture *fixture)
{
  g_autoptr (GArray) ids = bijou_store_list_ids (
      fixture->server.store, &(BijouItemQuery){ .kind = BIJOU_ITEM_MOVIE }, NULL);

  return ids->len;
}

/* The server says of many that they are gone, has them all but one, and does not send as many rows
 * as it is asked for. */
static void
test_capped_removal (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) ids = g_string_new (NULL);
  g_autofree char *gone = get_film (fixture, 3);
  g_autofree char *forged = NULL;

  begin (fixture);
  for (guint i = 4; i < 14; i++)
    {
      g_autofree char *film = get_film (fixture, i);

      g_string_append_printf (
          ids, fixture->is_plex ? "%s{\\\"itemID\\\":%s,\\\"state\\\":9}" : "%s\\\"%s\\\"",
          ids->len > 0 ? "," : "", film);
    }
  forged = g_strdup_printf (
      fixture->is_plex
          ? "{\\\"NotificationContainer\\\":{\\\"TimelineEntry\\\":[%s]}}"
          : "{\\\"MessageType\\\":\\\"LibraryChanged\\\",\\\"Data\\\":{\\\"ItemsRemoved\\\":[%s]}}",
      ids->str);
  control (fixture, "{\"page_cap\":%s}", "4");
  control (fixture, "{\"send\":\"%s\"}", forged);
  control (fixture, "{\"remove\":\"%s\"}", gone);
  wait_until (is_gone, fixture, gone);
  g_assert_cmpuint (count_films (fixture), ==, default_options.movies - 1);
}

static gboolean
has_more_films (Fixture *fixture, gconstpointer data)
{
  return count_films (fixture) == default_options.movies + 1;
}

static void
test_addition (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  control (fixture, "{\"add\":\"movie\",\"title\":\"%s\"}", "New Here");
  wait_until (has_more_films, fixture, NULL);
}

static void
test_storm (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = find_film (fixture, 0);
  const char *frame =
      fixture->is_plex
          ? "{\\\"NotificationContainer\\\":{\\\"type\\\":\\\"activity\\\",\\\"size\\\":1,"
            "\\\"ActivityNotification\\\":[{\\\"event\\\":\\\"ended\\\",\\\"uuid\\\":\\\"u\\\","
            "\\\"Activity\\\":{\\\"type\\\":\\\"library.update.section\\\"}}]}}"
          : "{\\\"MessageType\\\":\\\"LibraryChanged\\\",\\\"Data\\\":{\\\"FoldersAddedTo\\\":"
            "[\\\"00000000000000000000000000000001\\\"]}}";

  begin (fixture);
  for (guint i = 0; i < 2000; i++)
    control (fixture, "{\"send\":\"%s\"}", frame);
  wait_until (has_synced, fixture, GUINT_TO_POINTER (1));
  /* All frames have been read before this one. */
  play_to_the_middle (fixture, film);
  wait_until (is_begun, fixture, film);
  let_time_pass (fixture, fast_pace.quiet * 3);
  g_assert_cmpuint (fixture->n_syncs, ==, 1);
  g_assert_false (bijou_sync_service_is_syncing (fixture->sync, fixture->server.server_id));
}

/* More items than it would be wise to ask for one by one. */
static void
test_many_items (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) frame = g_string_new (NULL);

  for (guint i = 1; i <= 1000; i++)
    g_string_append_printf (
        frame, fixture->is_plex ? "%s{\\\"itemID\\\":%u,\\\"state\\\":5}" : "%s\\\"%032x\\\"",
        i > 1 ? "," : "", i);
  g_string_prepend (frame, fixture->is_plex
                               ? "{\\\"NotificationContainer\\\":{\\\"TimelineEntry\\\":["
                               : "{\\\"MessageType\\\":\\\"LibraryChanged\\\",\\\"Data\\\":{"
                                 "\\\"ItemsUpdated\\\":[");
  g_string_append (frame, "]}}");

  begin (fixture);
  bijou_fake_server_reset_log (fixture->server.fake);
  control (fixture, "{\"send\":\"%s\"}", frame->str);
  wait_until (has_synced, fixture, GUINT_TO_POINTER (1));
  g_assert_cmpuint (bijou_fake_server_count (fixture->server.fake, "GET /library/metadata/*"), ==,
                    0);
  g_assert_cmpuint (bijou_fake_server_count (fixture->server.fake, "GET /Items*ids=*"), ==, 0);
}

static void
test_drop (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = find_film (fixture, 0);

  begin (fixture);
  control (fixture, "[{\"drop_sockets\":true},{\"mark\":\"%s\",\"watched\":true,\"quiet\":true}]",
           film);
  wait_until (is_watched, fixture, film);
  wait_until (is_up, fixture, NULL);
  g_assert_cmpuint (fixture->n_changes, >=, 3);
}

/* A connection that looks is what finds out that the server is back. */
static gboolean
is_up_again (Fixture *fixture, gconstpointer data)
{
  g_free (bijou_connection_get_base_url (bijou_backend_get_connection (fixture->server.backend),
                                         NULL, NULL));
  return is_up (fixture, data);
}

static void
test_restart (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = find_film (fixture, 0);

  begin (fixture);
  bijou_fake_server_set_refusing (fixture->server.fake, TRUE);
  wait_until (is_down, fixture, NULL);
  control (fixture, "{\"mark\":\"%s\",\"watched\":true,\"quiet\":true}", film);
  bijou_fake_server_set_refusing (fixture->server.fake, FALSE);
  wait_until (is_up_again, fixture, NULL);
  wait_until (is_watched, fixture, film);
}

static gboolean
is_asked (Fixture *fixture, gconstpointer path)
{
  return bijou_fake_server_count (fixture->server.fake, path) > 0;
}

/* A server on this machine needs no network. */
static void
test_network_lost (Fixture *fixture, gconstpointer data)
{
  bijou_fake_server_add_fault (fixture->server.fake, "* delay=100");
  bijou_fake_server_reset_log (fixture->server.fake);
  bijou_sync_service_start (fixture->sync, fixture->server.server_id, TRUE);
  wait_until (is_asked, fixture,
              fixture->is_plex ? "GET /library/sections/*/all*" : "GET *includeItemTypes=*");
  bijou_sync_service_set_online (fixture->sync, FALSE);
  g_assert_true (bijou_sync_service_is_syncing (fixture->sync, fixture->server.server_id));
  wait_until (has_synced, fixture, GUINT_TO_POINTER (1));
  g_assert_no_error (fixture->error);
}

/* It was not there at the start, when it was asked. */
static void
test_late_server (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = find_film (fixture, 0);

  bijou_fake_server_set_refusing (fixture->server.fake, TRUE);
  bijou_sync_service_start_quietly (fixture->sync, fixture->server.server_id);
  wait_until (has_synced, fixture, GUINT_TO_POINTER (1));
  g_assert_true (bijou_error_is_transport (fixture->error));
  control (fixture, "{\"mark\":\"%s\",\"watched\":true,\"quiet\":true}", film);
  bijou_live_set_enabled (fixture->live, TRUE);
  bijou_live_heed (fixture->live, fixture->server.server_id);
  bijou_fake_server_set_refusing (fixture->server.fake, FALSE);
  wait_until (is_up_again, fixture, NULL);
  wait_until (is_watched, fixture, film);
}

static guint
count_upgrades (Fixture *fixture)
{
  return bijou_fake_server_count (fixture->server.fake,
                                  fixture->is_plex ? "GET /:/websockets/*" : "GET *socket*");
}

static gboolean
has_tried_twice (Fixture *fixture, gconstpointer data)
{
  return count_upgrades (fixture) >= 2;
}

/* Something in between takes no websockets although the token is good. */
static void
test_refusal (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = NULL;

  bijou_fake_server_add_fault (fixture->server.fake, "%s status=403",
                               fixture->is_plex ? "/:/websockets/*" : "*/socket*");
  url = bijou_connection_get_base_url (bijou_backend_get_connection (fixture->server.backend), NULL,
                                       NULL);
  bijou_live_set_enabled (fixture->live, TRUE);
  bijou_live_heed (fixture->live, fixture->server.server_id);
  wait_until (has_tried_twice, fixture, NULL);
  let_time_pass (fixture, fast_pace.retry[1] * 4);
  g_assert_cmpuint (count_upgrades (fixture), ==, 2);
  g_assert_false (is_up (fixture, NULL));
}

static gboolean
is_unauthorised (Fixture *fixture, gconstpointer data)
{
  return bijou_connection_get_state (bijou_backend_get_connection (fixture->server.backend)) ==
         BIJOU_CONNECTION_UNAUTHORISED;
}

static void
test_bad_token (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  control (fixture, "[{\"revoke_tokens\":%s},{\"drop_sockets\":true}]", "true");
  wait_until (is_unauthorised, fixture, NULL);
  bijou_fake_server_reset_log (fixture->server.fake);
  let_time_pass (fixture, fast_pace.retry[1] * 4);
  g_assert_cmpuint (count_upgrades (fixture), ==, 0);
  g_assert_false (is_up (fixture, NULL));
}

/* What we did ourselves and is told back to us changes nothing. */
static void
test_echo (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = find_film (fixture, 0);
  g_autofree char *other = find_film (fixture, 1);
  g_autoptr (BijouItem) item = get_item (fixture, film);
  g_autoptr (GError) error = NULL;

  begin (fixture);
  bijou_store_make_change (fixture->server.store, item, BIJOU_CHANGE_WATCHED, 0, &error);
  g_assert_no_error (error);
  bijou_outbox_flush (fixture->server.store, fixture->server.backend, NULL, NULL, &error);
  g_assert_no_error (error);
  let_time_pass (fixture, 300);
  g_assert_true (is_said_to_have_changed (fixture, film));
  g_hash_table_remove_all (fixture->changed);

  play_to_the_middle (fixture, other);
  wait_until (is_begun, fixture, other);
  let_time_pass (fixture, 300);
  g_assert_true (is_said_to_have_changed (fixture, other));
  g_assert_false (is_said_to_have_changed (fixture, film));
  g_assert_true (is_watched (fixture, film));
}

/* What waits to be sent wins over what the server says meanwhile. */
static void
test_waiting_change (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = find_film (fixture, 0);
  g_autofree char *other = find_film (fixture, 1);
  g_autoptr (BijouItem) item = get_item (fixture, film);

  begin (fixture);
  bijou_store_make_change (fixture->server.store, item, BIJOU_CHANGE_WATCHED, 0, NULL);
  play_to_the_middle (fixture, film);
  play_to_the_middle (fixture, other);
  wait_until (is_begun, fixture, other);
  g_assert_true (is_watched (fixture, film));
  g_assert_false (is_begun (fixture, film));
}

static gboolean
has_no_socket (Fixture *fixture, gconstpointer data)
{
  g_autofree char *reply = bijou_fake_server_control (fixture->server.fake, "{\"sockets\":true}");

  return strstr (reply, "\"sockets\":0") != NULL;
}

static void
test_switch (Fixture *fixture, gconstpointer data)
{
  bijou_live_heed (fixture->live, fixture->server.server_id);
  g_assert_true (is_down (fixture, NULL));
  begin (fixture);
  g_assert_false (has_no_socket (fixture, NULL));
  bijou_live_set_enabled (fixture->live, FALSE);
  g_assert_true (is_down (fixture, NULL));
  wait_until (has_no_socket, fixture, NULL);
  g_assert_cmpuint (fixture->n_changes, ==, 2);
  begin (fixture);
}

static void
test_hostile (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = find_film (fixture, 0);
  g_autofree char *deep = g_strnfill (20000, '[');
  g_autofree char *long_text = g_strnfill (5 << 20, 'x');
  guint n;

  begin (fixture);
  control (fixture, "{\"send\":\"%s\"}", "");
  control (fixture, "{\"send\":\"%s\"}", "nothing to read");
  control (fixture, "{\"send\":\"%s\"}", deep);
  play_to_the_middle (fixture, film);
  wait_until (is_begun, fixture, film);
  /* Too long a message ends the socket; a sync finds what may have been in it. */
  n = fixture->n_syncs;
  control (fixture, "{\"send\":\"%s\"}", long_text);
  wait_until (has_synced, fixture, GUINT_TO_POINTER (n + 1));
  wait_until (is_up, fixture, NULL);
}

static void
set_up_below (Fixture *fixture, gconstpointer data)
{
  BijouFakeOptions options = default_options;

  options.base_path = "/media/server";
  set_up_with (fixture, data, &options);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "mark", test_mark },
    { "refresh", test_refresh },
    { "opposite-marks", test_opposite_marks },
    { "playback", test_playback },
    { "rename", test_rename },
    { "removal", test_removal },
    { "capped-removal", test_capped_removal },
    { "addition", test_addition },
    { "storm", test_storm },
    { "many-items", test_many_items },
    { "drop", test_drop },
    { "restart", test_restart },
    { "network-lost", test_network_lost },
    { "late-server", test_late_server },
    { "refusal", test_refusal },
    { "bad-token", test_bad_token },
    { "echo", test_echo },
    { "waiting-change", test_waiting_change },
    { "switch", test_switch },
    { "hostile", test_hostile },
  };
  const char *backend;

  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (watch_log, NULL, NULL);
  g_assert_cmpint (argc, ==, 2);
  backend = argv[1];
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/live/%s/%s", backend, tests[i].name);

      g_test_add (path, Fixture, backend, set_up, tests[i].test, tear_down);
    }
  if (g_str_equal (backend, "jellyfin"))
    g_test_add ("/live/jellyfin/base-path", Fixture, backend, set_up_below, test_mark, tear_down);
  return g_test_run ();
}
