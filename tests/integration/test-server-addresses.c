#include "config.h"

#include "bijou-fake-server.h"
#include "bijou-server-addresses.h"
#include "bijou-sign-in.h"
#include "bijou-test-files.h"

#include <glib/gstdio.h>

/* What a user chooses of the addresses of a server: it holds at once and after a restart, and no
 * token goes where it should not. */

typedef struct
{
  char *folder; /* (owned) the profile */
  BijouContext *context;
  BijouFakeServer *home; /* one server at two addresses */
  BijouFakeServer *away;
  BijouFakeServer *stranger;
  char *server_id; /* (owned) */
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

static void
sign_in (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bijou_sign_in_password_async (
      fixture->context, bijou_backend_type_find ("jellyfin"),
      bijou_fake_server_get_url (fixture->home), bijou_fake_server_get_user (fixture->home),
      bijou_fake_server_get_password (fixture->home), NULL, on_done_cb, &result);
  fixture->server_id = bijou_sign_in_finish (wait_for (&result), &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;

  options.movies = 3;
  options.shows = 1;
  options.id = "0123456789abcdef0123456789abcdef";
  fixture->folder = g_dir_make_tmp ("bijou-test-XXXXXX", NULL);
  fixture->home = bijou_fake_server_start (BIJOU_FAKE_JELLYFIN, &options, NULL);
  fixture->away = bijou_fake_server_start (BIJOU_FAKE_JELLYFIN, &options, NULL);
  options.id = NULL;
  options.name = "Harbour House";
  fixture->stranger = bijou_fake_server_start (BIJOU_FAKE_JELLYFIN, &options, NULL);
  open_context (fixture);
  sign_in (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  close_context (fixture);
  bijou_fake_server_stop (fixture->home);
  bijou_fake_server_stop (fixture->away);
  bijou_fake_server_stop (fixture->stranger);
  bijou_test_remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->server_id);
}

/* --- what is done --- */

static char *
add (Fixture *fixture, const char *text, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bijou_server_addresses_add_async (fixture->context, fixture->server_id, text, NULL, on_done_cb,
                                    &result);
  return bijou_server_addresses_add_finish (wait_for (&result), error);
}

static void
add_away (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = add (fixture, bijou_fake_server_get_url (fixture->away), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (url, ==, bijou_fake_server_get_url (fixture->away));
}

static gboolean
edit (Fixture *fixture, BijouFakeServer *server, BijouAddressEdit what, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bijou_server_addresses_edit_async (fixture->context, fixture->server_id,
                                     bijou_fake_server_get_url (server), what, NULL, on_done_cb,
                                     &result);
  return bijou_server_addresses_edit_finish (wait_for (&result), error);
}

static void
must_edit (Fixture *fixture, BijouFakeServer *server, BijouAddressEdit what)
{
  g_autoptr (GError) error = NULL;

  edit (fixture, server, what, &error);
  g_assert_no_error (error);
}

typedef struct
{
  GAsyncResult *result; /* (owned) (nullable) */
  guint told;           /* addresses, before the result */
} Test;

static void
on_address_tested_cb (const char *url, int ms, const GError *error, gpointer user_data)
{
  Test *test = user_data;

  g_assert_null (test->result);
  g_assert_no_error (error);
  g_assert_cmpint (ms, >=, 0);
  test->told++;
}

static void
on_test_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((Test *) user_data)->result = g_object_ref (result);
}

/* Returns the results, after @n_on addresses were told of one by one. */
static GPtrArray *
run_test (Fixture *fixture, guint n_on)
{
  Test test = { NULL, 0 };
  g_autoptr (GError) error = NULL;
  GPtrArray *results;

  bijou_server_addresses_test_async (fixture->context, fixture->server_id, on_address_tested_cb,
                                     NULL, on_test_done_cb, &test);
  wait_for (&test.result);
  g_assert_cmpuint (test.told, ==, n_on);
  results = bijou_server_addresses_test_finish (test.result, &error);
  g_assert_no_error (error);
  g_object_unref (test.result);
  return results;
}

/* --- what is so --- */

static BijouConnection *
get_connection (Fixture *fixture)
{
  g_autoptr (BijouBackend) backend = NULL;

  while (backend == NULL)
    {
      g_main_context_iteration (NULL, FALSE);
      backend = bijou_context_get_backend (fixture->context, fixture->server_id);
    }
  return g_object_ref (bijou_backend_get_connection (backend));
}

/* The state is no matter: the token of one fake server means nothing to the other. */
static void
wait_for_url (Fixture *fixture, BijouFakeServer *server)
{
  g_autoptr (BijouConnection) connection = get_connection (fixture);
  g_autofree char *url = NULL;

  while (g_strcmp0 (url, bijou_fake_server_get_url (server)) != 0)
    {
      g_main_context_iteration (NULL, FALSE);
      g_free (url);
      url = bijou_connection_dup_current_url (connection);
    }
}

static void
restart (Fixture *fixture)
{
  g_autoptr (BijouConnection) connection = NULL;

  close_context (fixture);
  open_context (fixture);
  connection = get_connection (fixture);
  bijou_connection_network_changed (connection);
}

static BijouAddress *
find_saved (Fixture *fixture, BijouFakeServer *server)
{
  g_autoptr (GPtrArray) servers =
      bijou_store_list_servers (bijou_context_get_store (fixture->context), NULL);
  GPtrArray *addresses = ((BijouServer *) g_ptr_array_index (servers, 0))->addresses;

  for (guint i = 0; i < addresses->len; i++)
    {
      BijouAddress *address = g_ptr_array_index (addresses, i);

      if (g_str_equal (address->url, bijou_fake_server_get_url (server)))
        return bijou_address_copy (address);
    }
  return NULL;
}

static void
assert_no_token (BijouFakeServer *server)
{
  g_autoptr (GPtrArray) log = bijou_fake_server_dup_log (server);

  for (guint i = 0; i < log->len; i++)
    g_assert_cmpint (((BijouFakeLogEntry *) g_ptr_array_index (log, i))->token, ==,
                     BIJOU_FAKE_TOKEN_NONE);
}

/* --- tests --- */

static void
test_add (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouAddress) saved = NULL;

  g_assert_null (find_saved (fixture, fixture->away));
  add_away (fixture);
  add_away (fixture);
  restart (fixture);
  saved = find_saved (fixture, fixture->away);
  g_assert_nonnull (saved);
  g_assert_cmpint (saved->source, ==, BIJOU_ADDRESS_FROM_USER);
}

static void
test_stranger (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (add (fixture, bijou_fake_server_get_url (fixture->stranger), &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_WRONG_SERVER);
  g_assert_nonnull (strstr (error->message, "Harbour House"));
  g_assert_null (find_saved (fixture, fixture->stranger));
  g_assert_cmpuint (bijou_fake_server_count (fixture->stranger, "*"), >, 0);
  assert_no_token (fixture->stranger);
}

static void
test_no_address (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (add (fixture, "ftp://somewhere", &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_USAGE);
}

static void
test_pin (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouAddress) saved = NULL;
  g_autoptr (BijouAddress) other = NULL;

  add_away (fixture);
  must_edit (fixture, fixture->home, BIJOU_ADDRESS_PIN);
  wait_for_url (fixture, fixture->home);
  must_edit (fixture, fixture->away, BIJOU_ADDRESS_PIN);
  wait_for_url (fixture, fixture->away);
  restart (fixture);
  wait_for_url (fixture, fixture->away);
  saved = find_saved (fixture, fixture->away);
  other = find_saved (fixture, fixture->home);
  g_assert_true (saved->pinned);
  g_assert_false (other->pinned);
}

static void
test_switch_off (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (BijouConnection) connection = NULL;
  g_autoptr (BijouAddress) saved = NULL;

  add_away (fixture);
  must_edit (fixture, fixture->away, BIJOU_ADDRESS_PIN);
  wait_for_url (fixture, fixture->away);

  must_edit (fixture, fixture->away, BIJOU_ADDRESS_SWITCH_OFF);
  wait_for_url (fixture, fixture->home);
  bijou_fake_server_reset_log (fixture->away);
  results = run_test (fixture, 1);
  g_assert_cmpuint (results->len, ==, 2);
  restart (fixture);
  wait_for_url (fixture, fixture->home);
  saved = find_saved (fixture, fixture->away);
  g_assert_true (saved->disabled);
  g_assert_false (saved->pinned);
  g_assert_cmpuint (bijou_fake_server_count (fixture->away, "*"), ==, 0);

  must_edit (fixture, fixture->away, BIJOU_ADDRESS_SWITCH_ON);
  g_clear_pointer (&results, g_ptr_array_unref);
  results = run_test (fixture, 2);
  g_assert_cmpuint (bijou_fake_server_count (fixture->away, "*"), >, 0);
}

/* A server that has no address left could never come back. */
static void
test_last (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (edit (fixture, fixture->home, BIJOU_ADDRESS_SWITCH_OFF, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_USAGE);
  g_clear_error (&error);
  g_assert_false (edit (fixture, fixture->home, BIJOU_ADDRESS_REMOVE, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_USAGE);
}

static void
test_remove (Fixture *fixture, gconstpointer data)
{
  add_away (fixture);
  must_edit (fixture, fixture->away, BIJOU_ADDRESS_REMOVE);
  g_assert_null (find_saved (fixture, fixture->away));
  wait_for_url (fixture, fixture->home);
  restart (fixture);
  g_assert_null (find_saved (fixture, fixture->away));
}

/* Of a server that nobody is signed in to any more the saved addresses are changed and tested. */
static void
test_signed_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouServer) server = bijou_server_new ("jellyfin", fixture->server_id, "Attic");
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (GError) error = NULL;

  close_context (fixture);
  bijou_test_remove_tree (fixture->folder);
  g_assert_cmpint (g_mkdir (fixture->folder, 0700), ==, 0);
  open_context (fixture);
  server->client_id = g_strdup ("client");
  g_ptr_array_add (server->addresses, bijou_address_new (bijou_fake_server_get_url (fixture->home),
                                                         BIJOU_ADDRESS_FROM_USER));
  bijou_store_save_server (bijou_context_get_store (fixture->context), server, &error);
  g_assert_no_error (error);

  add_away (fixture);
  results = run_test (fixture, 2);
  g_assert_cmpuint (results->len, ==, 2);
  for (guint i = 0; i < results->len; i++)
    {
      g_assert_true (((BijouProbeResult *) results->pdata[i])->tested);
      g_assert_no_error (((BijouProbeResult *) results->pdata[i])->error);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/addresses/add", Fixture, NULL, set_up, test_add, tear_down);
  g_test_add ("/addresses/stranger", Fixture, NULL, set_up, test_stranger, tear_down);
  g_test_add ("/addresses/no-address", Fixture, NULL, set_up, test_no_address, tear_down);
  g_test_add ("/addresses/pin", Fixture, NULL, set_up, test_pin, tear_down);
  g_test_add ("/addresses/switch-off", Fixture, NULL, set_up, test_switch_off, tear_down);
  g_test_add ("/addresses/last", Fixture, NULL, set_up, test_last, tear_down);
  g_test_add ("/addresses/remove", Fixture, NULL, set_up, test_remove, tear_down);
  g_test_add ("/addresses/signed-out", Fixture, NULL, set_up, test_signed_out, tear_down);
  return g_test_run ();
}
