#include "config.h"

#include "bijou-context.h"
#include "bijou-fake-server.h"
#include "bijou-sign-in.h"
#include "bijou-test-files.h"

#include <locale.h>
#include <sys/stat.h>

/* The services together: each way to sign in survives a restart, and nothing is left after a
 * sign-out. */

typedef struct
{
  char *folder; /* (owned) the profile */
  BijouContext *context;
  BijouFakeServer *jellyfin;
  BijouFakeServer *plex;
  BijouFakeServer *plextv;
} Fixture;

static void
open_context (Fixture *fixture)
{
  BijouContextOptions options = { fixture->folder, NULL };
  g_autoptr (GError) error = NULL;

  fixture->context = bijou_context_new (&options, &error);
  g_assert_no_error (error);
}

static void
close_context (Fixture *fixture)
{
  bijou_context_shutdown (fixture->context);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->context);
  fixture->context = NULL;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;

  options.movies = 3;
  options.shows = 1;
  fixture->folder = g_dir_make_tmp ("bijou-test-XXXXXX", NULL);
  fixture->jellyfin = bijou_fake_server_start (BIJOU_FAKE_JELLYFIN, &options, NULL);
  fixture->plex = bijou_fake_server_start (BIJOU_FAKE_PLEX, &options, NULL);
  fixture->plextv = bijou_fake_server_start (BIJOU_FAKE_PLEXTV, &options, NULL);
  bijou_fake_server_list_plex (fixture->plextv, fixture->plex);
  g_setenv ("BIJOU_PLEX_TV", bijou_fake_server_get_url (fixture->plextv), TRUE);
  open_context (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->context != NULL)
    close_context (fixture);
  bijou_fake_server_stop (fixture->jellyfin);
  bijou_fake_server_stop (fixture->plex);
  bijou_fake_server_stop (fixture->plextv);
  bijou_test_remove_tree (fixture->folder);
  g_free (fixture->folder);
}

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static char *
sign_in_to_jellyfin (Fixture *fixture, const char *password, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bijou_sign_in_password_async (fixture->context, bijou_backend_type_find ("jellyfin"),
                                bijou_fake_server_get_url (fixture->jellyfin),
                                bijou_fake_server_get_user (fixture->jellyfin), password, NULL,
                                on_done_cb, &result);
  return bijou_sign_in_finish (wait_for (&result), error);
}

/* --- what the backend says after a restart --- */

typedef struct
{
  Fixture *fixture;
  const char *server_id;
  gboolean works;
  gint done; /* atomic */
} Check;

static gpointer
check_in_thread (gpointer data)
{
  Check *check = data;
  g_autoptr (BijouBackend) backend =
      bijou_context_get_backend (check->fixture->context, check->server_id);

  check->works = backend != NULL && bijou_backend_check_token (backend, NULL, NULL);
  g_atomic_int_set (&check->done, TRUE);
  g_main_context_wakeup (NULL);
  return NULL;
}

static gboolean
token_works (Fixture *fixture, const char *server_id)
{
  Check check = { fixture, server_id, FALSE, FALSE };
  GThread *thread = g_thread_new ("check", check_in_thread, &check);

  while (!g_atomic_int_get (&check.done))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  return check.works;
}

static void
restart (Fixture *fixture)
{
  close_context (fixture);
  open_context (fixture);
}

/* --- tests --- */

static void
test_password (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *server_id =
      sign_in_to_jellyfin (fixture, bijou_fake_server_get_password (fixture->jellyfin), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (server_id, ==, bijou_fake_server_get_id (fixture->jellyfin));
  g_assert_true (token_works (fixture, server_id));
  restart (fixture);
  g_assert_true (token_works (fixture, server_id));
}

static void
test_wrong_password (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers = NULL;

  g_assert_null (sign_in_to_jellyfin (fixture, "not this one", &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED);
  servers = bijou_store_list_servers (bijou_context_get_store (fixture->context), NULL);
  g_assert_cmpuint (servers->len, ==, 0);
}

static void
test_token (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *token = bijou_fake_server_dup_token (fixture->plex, 0);
  g_autofree char *server_id = NULL;

  bijou_sign_in_token_async (fixture->context, bijou_backend_type_find ("plex"),
                             bijou_fake_server_get_url (fixture->plex), token, NULL, on_done_cb,
                             &result);
  server_id = bijou_sign_in_finish (wait_for (&result), &error);
  g_assert_no_error (error);
  g_clear_object (&result); /* it holds the context */
  restart (fixture);
  g_assert_true (token_works (fixture, server_id));
}

static void
test_identify (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  BijouFoundServer *found;

  bijou_sign_in_identify_async (fixture->context, bijou_fake_server_get_url (fixture->plex), NULL,
                                NULL, on_done_cb, &result);
  found = bijou_sign_in_identify_finish (wait_for (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found->type->id, ==, "plex");
  g_assert_cmpstr (found->id, ==, bijou_fake_server_get_id (fixture->plex));
  bijou_found_server_free (found);
}

static void
test_account_code (Fixture *fixture, gconstpointer data)
{
  const BijouBackendType *type = bijou_backend_type_find ("plex");
  g_autoptr (GAsyncResult) begun = NULL;
  g_autoptr (GAsyncResult) waited = NULL;
  g_autoptr (GAsyncResult) kept = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouSignInCode) code = NULL;
  g_autoptr (GPtrArray) signed_in = NULL;
  g_autoptr (BijouAccountVisit) visit = NULL;
  g_autofree char *answer = NULL;

  bijou_sign_in_begin_code_async (fixture->context, type, NULL, NULL, NULL, on_done_cb, &begun);
  code = bijou_sign_in_begin_code_finish (wait_for (&begun), &error);
  g_assert_no_error (error);
  answer = bijou_fake_server_control (fixture->plextv, "%s", "{\"claim\": 0}");
  bijou_sign_in_wait_code_async (fixture->context, type, NULL, NULL, code, NULL, on_done_cb,
                                 &waited);
  signed_in = bijou_sign_in_wait_code_finish (wait_for (&waited), &visit, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (signed_in->len, >=, 1);

  bijou_sign_in_keep_async (fixture->context, signed_in, visit, NULL, on_done_cb, &kept);
  g_assert_true (bijou_sign_in_keep_finish (wait_for (&kept), &error));
  g_clear_object (&begun); /* they hold the context */
  g_clear_object (&waited);
  g_clear_object (&kept);
  g_clear_pointer (&visit, bijou_account_visit_unref);
  restart (fixture);
  g_assert_true (token_works (fixture, bijou_fake_server_get_id (fixture->plex)));
}

static void
test_cancelled_wait (Fixture *fixture, gconstpointer data)
{
  const BijouBackendType *type = bijou_backend_type_find ("plex");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) begun = NULL;
  g_autoptr (GAsyncResult) waited = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouSignInCode) code = NULL;

  bijou_sign_in_begin_code_async (fixture->context, type, NULL, NULL, NULL, on_done_cb, &begun);
  code = bijou_sign_in_begin_code_finish (wait_for (&begun), &error);
  g_assert_no_error (error);
  bijou_sign_in_wait_code_async (fixture->context, type, NULL, NULL, code, cancellable, on_done_cb,
                                 &waited);
  g_cancellable_cancel (cancellable);
  g_assert_null (bijou_sign_in_wait_code_finish (wait_for (&waited), NULL, &error));
  g_assert_true (bijou_error_is_cancelled (error));
}

static void
remove_in_thread (GTask *task, gpointer source, gpointer server_id, GCancellable *cancellable)
{
  GError *error = NULL;

  if (bijou_context_remove_server (source, server_id, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
test_remove (Fixture *fixture, gconstpointer data)
{
  g_autofree char *server_id =
      sign_in_to_jellyfin (fixture, bijou_fake_server_get_password (fixture->jellyfin), NULL);
  g_autofree char *secrets = g_build_filename (fixture->folder, "data", "secrets.ini", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = NULL;
  g_autofree char *text = NULL;
  struct stat info;

  g_assert_cmpint (stat (secrets, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  task = g_task_new (fixture->context, NULL, on_done_cb, &result);
  g_task_set_task_data (task, server_id, NULL);
  bijou_context_run_async (fixture->context, task, remove_in_thread);
  g_assert_true (g_task_propagate_boolean (G_TASK (wait_for (&result)), &error));
  g_assert_no_error (error);
  g_assert_false (token_works (fixture, server_id));
  g_assert_true (g_file_get_contents (secrets, &text, NULL, NULL));
  g_assert_null (strstr (text, server_id));
  g_assert_cmpuint (bijou_fake_server_count (fixture->jellyfin, "POST /Sessions/Logout*"), ==, 1);
}

static void
test_client_id (Fixture *fixture, gconstpointer data)
{
  BijouClientInfo plex, ada, bob;
  g_autofree char *kept = NULL;

  bijou_context_get_client_info (fixture->context, "plex", &plex);
  bijou_context_get_client_info (fixture->context, "jellyfin:h:ada", &ada);
  bijou_context_get_client_info (fixture->context, "jellyfin:h:bob", &bob);
  g_assert_cmpstr (ada.client_id, !=, bob.client_id);
  kept = g_strdup (plex.client_id);
  restart (fixture);
  bijou_context_get_client_info (fixture->context, "plex", &plex);
  g_assert_cmpstr (plex.client_id, ==, kept);
}

static void
test_network_changed (Fixture *fixture, gconstpointer data)
{
  static const char probe[] = "GET /System/Info/Public*";
  g_autofree char *server_id =
      sign_in_to_jellyfin (fixture, bijou_fake_server_get_password (fixture->jellyfin), NULL);
  guint before;

  restart (fixture); /* with no sync beside it */
  g_settings_set_boolean (bijou_context_get_settings (fixture->context), "sync-at-start", FALSE);
  g_assert_true (token_works (fixture, server_id));
  bijou_context_start_services (fixture->context);
  before = bijou_fake_server_count (fixture->jellyfin, probe);
  g_assert_true (token_works (fixture, server_id));
  g_assert_cmpuint (bijou_fake_server_count (fixture->jellyfin, probe), ==, before);

  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
  while (bijou_fake_server_count (fixture->jellyfin, probe) == before)
    g_thread_yield (); /* or the test times out */
  g_assert_true (token_works (fixture, server_id));
}

static gboolean
on_tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
on_synced_cb (BijouSyncService *service, const char *server_id, GError *error, gpointer user_data)
{
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static void
sync_once (Fixture *fixture, const char *server_id)
{
  BijouSyncService *sync = bijou_context_get_sync (fixture->context);
  gboolean is_synced = FALSE;
  gulong id = g_signal_connect (sync, "finished", G_CALLBACK (on_synced_cb), &is_synced);

  bijou_sync_service_start (sync, server_id, FALSE);
  while (!is_synced)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (sync, id);
}

/* What was left over in an earlier life goes out as soon as the server is there again. */
static void
test_sends_when_connected (Fixture *fixture, gconstpointer data)
{
  static const char mark[] = "POST /UserPlayedItems/*";
  g_autofree char *server_id =
      sign_in_to_jellyfin (fixture, bijou_fake_server_get_password (fixture->jellyfin), NULL);
  BijouItemQuery query = { .kind = BIJOU_ITEM_MOVIE };
  g_autoptr (GPtrArray) films = NULL;
  g_autoptr (GError) error = NULL;

  sync_once (fixture, server_id);
  films = bijou_store_list_items (bijou_context_get_store (fixture->context), &query, &error);
  g_assert_no_error (error);
  bijou_store_make_change (bijou_context_get_store (fixture->context), films->pdata[0],
                           BIJOU_CHANGE_WATCHED, 0, &error);
  g_assert_no_error (error);
  restart (fixture);
  g_assert_cmpuint (bijou_fake_server_count (fixture->jellyfin, mark), ==, 0);

  g_settings_set_boolean (bijou_context_get_settings (fixture->context), "sync-at-start", FALSE);
  bijou_context_start_services (fixture->context);
  while (bijou_fake_server_count (fixture->jellyfin, mark) == 0)
    g_main_context_iteration (NULL, TRUE);
}

/* What is on Home opens whole with no server, though no page was ever opened. */
static void
test_prefetch (Fixture *fixture, gconstpointer data)
{
  static const char details[] = "GET /Items?*ids=*People*";
  g_autofree char *server_id =
      sign_in_to_jellyfin (fixture, bijou_fake_server_get_password (fixture->jellyfin), NULL);
  BijouStore *store = bijou_context_get_store (fixture->context);
  BijouItemQuery query = { .kind = BIJOU_ITEM_MOVIE };
  g_autoptr (GPtrArray) films = NULL;
  g_autoptr (BijouDetail) detail = NULL;
  g_autoptr (GError) error = NULL;
  guint tick = g_timeout_add (5, on_tick_cb, NULL);

  g_settings_set_boolean (bijou_context_get_settings (fixture->context), "sync-at-start", FALSE);
  bijou_context_start_services (fixture->context);
  sync_once (fixture, server_id);
  films = bijou_store_list_items (store, &query, &error);
  g_assert_no_error (error);
  g_assert_false (bijou_store_has_detail (store, films->pdata[0]));
  while (!bijou_store_has_detail (store, films->pdata[0]))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  g_assert_cmpuint (bijou_fake_server_count (fixture->jellyfin, details), ==, 1);

  bijou_fake_server_set_refusing (fixture->jellyfin, TRUE);
  detail = bijou_context_load_detail (fixture->context, films->pdata[0], TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (detail->people->len, >, 0);
  g_assert_cmpuint (detail->versions->len, >, 0);
  bijou_fake_server_set_refusing (fixture->jellyfin, FALSE);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/context/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("password", test_password);
  ADD ("wrong-password", test_wrong_password);
  ADD ("token", test_token);
  ADD ("identify", test_identify);
  ADD ("account-code", test_account_code);
  ADD ("cancelled-wait", test_cancelled_wait);
  ADD ("remove", test_remove);
  ADD ("client-id", test_client_id);
  ADD ("network-changed", test_network_changed);
  ADD ("sends-when-connected", test_sends_when_connected);
  ADD ("prefetch", test_prefetch);
  return g_test_run ();
}
