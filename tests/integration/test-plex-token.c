#include "config.h"

#include "bijou-backend-type.h"
#include "bijou-fake-server.h"

#include <locale.h>

/* A token that the server refuses is asked for anew, once, and what was refused is asked again. */

#define CALLERS 12

static const BijouClientInfo client = { "token-test", "Test", "0" };

typedef struct
{
  BijouFakeServer *fake;
  BijouHttp *http;
  BijouBackend *backend;
  gint asked;      /* atomic */
  gboolean stale;  /* the account has only the old token */
  gboolean absent; /* the account cannot be reached */
} Fixture;

static char *
tell_token (BijouBackend *backend,
            const char *refused,
            gpointer user_data,
            GCancellable *cancellable,
            GError **error)
{
  Fixture *fixture = user_data;

  g_atomic_int_inc (&fixture->asked);
  if (fixture->stale)
    return g_strdup (refused);
  if (!fixture->absent)
    return bijou_fake_server_dup_token (fixture->fake, 0);
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE, "No account");
  return NULL;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BijouFakeOptions options = { .movies = 3 };
  const BijouBackendType *type = bijou_backend_type_find ("plex");
  g_autoptr (BijouServer) server = NULL;
  g_autofree char *token = NULL;

  fixture->fake = bijou_fake_server_start (BIJOU_FAKE_PLEX, &options, NULL);
  server = bijou_server_new ("plex", bijou_fake_server_get_id (fixture->fake), "Fake");
  token = bijou_fake_server_dup_token (fixture->fake, 0);
  g_ptr_array_add (server->addresses, bijou_address_new (bijou_fake_server_get_url (fixture->fake),
                                                         BIJOU_ADDRESS_FROM_USER));
  fixture->http = bijou_http_new (NULL);
  fixture->backend = type->create (fixture->http, &client, server, token);
  bijou_backend_set_token_func (fixture->backend, tell_token, fixture, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->backend);
  bijou_http_shutdown (fixture->http);
  g_clear_object (&fixture->http);
  bijou_fake_server_stop (fixture->fake);
}

static void
revoke_tokens (Fixture *fixture)
{
  g_free (bijou_fake_server_control (fixture->fake, "%s", "{\"revoke_tokens\": true}"));
}

static BijouConnectionState
get_state (Fixture *fixture)
{
  return bijou_connection_get_state (bijou_backend_get_connection (fixture->backend));
}

static gpointer
list_in_thread (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GPtrArray) libraries = bijou_backend_list_libraries (fixture->backend, NULL, NULL);

  return GINT_TO_POINTER (libraries != NULL && libraries->len > 0);
}

static void
test_once_for_all (Fixture *fixture, gconstpointer data)
{
  GThread *threads[CALLERS];

  g_assert_true (bijou_backend_check_token (fixture->backend, NULL, NULL));
  revoke_tokens (fixture);
  for (guint i = 0; i < CALLERS; i++)
    threads[i] = g_thread_new ("caller", list_in_thread, fixture);
  for (guint i = 0; i < CALLERS; i++)
    g_assert_true (GPOINTER_TO_INT (g_thread_join (threads[i])));
  g_assert_cmpint (fixture->asked, ==, 1);
  g_assert_cmpint (get_state (fixture), ==, BIJOU_CONNECTION_CONNECTED);

  /* A request for a film's bytes is made with the new one. */
  revoke_tokens (fixture);
  g_assert_true (bijou_backend_check_token (fixture->backend, NULL, NULL));
  g_assert_cmpint (fixture->asked, ==, 2);
}

static void
assert_refused (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bijou_backend_list_libraries (fixture->backend, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED);
  g_assert_cmpint (get_state (fixture), ==, BIJOU_CONNECTION_UNAUTHORISED);
}

static void
test_no_better_one (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;

  fixture->stale = TRUE;
  revoke_tokens (fixture);
  assert_refused (fixture);
  assert_refused (fixture);
  g_assert_cmpint (fixture->asked, ==, 1);

  /* Signing in again ends it, and the new token is worth a question of its own. */
  token = bijou_fake_server_dup_token (fixture->fake, 0);
  bijou_backend_set_token (fixture->backend, token);
  g_assert_cmpint (get_state (fixture), !=, BIJOU_CONNECTION_UNAUTHORISED);
  g_assert_true (bijou_backend_check_token (fixture->backend, NULL, NULL));
  revoke_tokens (fixture);
  assert_refused (fixture);
  g_assert_cmpint (fixture->asked, ==, 2);
}

static void
test_account_away (Fixture *fixture, gconstpointer data)
{
  fixture->absent = TRUE;
  revoke_tokens (fixture);
  assert_refused (fixture);
  assert_refused (fixture);
  g_assert_cmpint (fixture->asked, ==, 1);
}

static void
test_not_sent_twice (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouReport) report = bijou_report_new (BIJOU_REPORT_START, "session", "1");
  g_autoptr (GError) error = NULL;

  report->duration_ms = 60000;
  revoke_tokens (fixture);
  g_assert_false (bijou_backend_report (fixture->backend, report, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED);
  g_assert_cmpuint (bijou_fake_server_count (fixture->fake, "POST /:/timeline*"), ==, 1);
  /* The next one has the token already: there is only no such film. */
  g_assert_cmpint (get_state (fixture), ==, BIJOU_CONNECTION_CONNECTED);
  g_clear_error (&error);
  g_assert_false (bijou_backend_report (fixture->backend, report, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
  g_assert_cmpint (fixture->asked, ==, 1);
}

#define ADD(name, func) g_test_add ("/plex/token/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  ADD ("once-for-all", test_once_for_all);
  ADD ("no-better-one", test_no_better_one);
  ADD ("account-away", test_account_away);
  ADD ("not-sent-twice", test_not_sent_twice);
  return g_test_run ();
}
