#include "bijou-connection.h"

#include "bijou-test-loopback.h"

#include <string.h>

/* A server with an identity and a temper. */
typedef struct
{
  const char *id;
  gint identities; /* atomic: probes seen */
  gint calls;      /* atomic: other requests seen */
  gint mute;       /* atomic: accepts and never answers */
  gint drop_calls; /* atomic: so many calls are broken off */
  guint status;    /* of calls, 0 for 200 */
  guint identity_status;
  guint delay_ms; /* of the identity */
  gint saw_token; /* atomic: a probe carried a token */
  gint hold;      /* atomic: probes wait, and are broken off when it ends */
  gsize length;   /* of the identity, 0 that of the id */
} Fake;

/* A probe that was held is broken off. */
static gboolean
wait_for_release (Fake *fake)
{
  gboolean held = FALSE;

  while (g_atomic_int_get (&fake->hold))
    {
      held = TRUE;
      g_thread_yield ();
    }
  return held;
}

static gboolean
on_identity (GSocketConnection *connection, const LoopbackRequest *request, Fake *fake)
{
  g_autofree char *body = fake->length == 0 ? NULL : g_strnfill (fake->length, 'x');

  g_atomic_int_inc (&fake->identities);
  if (g_hash_table_contains (request->headers, "x-plex-token"))
    g_atomic_int_set (&fake->saw_token, TRUE);
  g_usleep (fake->delay_ms * 1000);
  if (wait_for_release (fake))
    return FALSE;
  loopback_reply (connection, fake->identity_status == 0 ? 200 : fake->identity_status, NULL,
                  body != NULL ? body : fake->id, -1);
  return TRUE;
}

static gboolean
on_request_cb (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data)
{
  Fake *fake = user_data;

  if (g_atomic_int_get (&fake->mute))
    {
      loopback_hang (connection);
      return FALSE;
    }
  if (g_str_has_suffix (request->path, "/identity"))
    return on_identity (connection, request, fake);

  g_atomic_int_inc (&fake->calls);
  if (g_atomic_int_add (&fake->drop_calls, -1) > 0)
    return FALSE;
  loopback_reply (connection, fake->status == 0 ? 200 : fake->status, NULL, request->path, -1);
  return TRUE;
}

static gboolean
parse_identity (BijouHttpResponse *response, BijouIdentity *identity, GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (bijou_http_response_get_body (response), &length);

  identity->server_id = g_strndup (data, length);
  return TRUE;
}

static const BijouIdentityProbe probe = { "/identity", "text/plain", parse_identity };

static BijouAddress *
add_address (GPtrArray *addresses, guint port, const char *path, BijouAddressClass address_class)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u%s", port, path);
  BijouAddress *address = bijou_address_new (url, BIJOU_ADDRESS_FROM_USER);

  address->address_class = address_class;
  g_ptr_array_add (addresses, address);
  return address;
}

static GPtrArray *
create_list (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_address_free);
}

static void
assert_url (const char *url, Loopback *server)
{
  g_autofree char *expected = loopback_dup_url (server, "");

  g_assert_cmpstr (url, ==, expected);
}

static BijouHttpResponse *
call (BijouConnection *connection, const char *method, const char *path, GError **error)
{
  g_autoptr (BijouHttpRequest) request = bijou_http_request_new (method, path, BIJOU_HTTP_API);

  bijou_http_request_set_header (request, "X-Plex-Token", "secret");
  return bijou_connection_send (connection, request, NULL, error);
}

static void
test_dead_first (void)
{
  Fake fake = { .id = "me" }, mute = { .id = "me", .mute = TRUE }, other = { .id = "other" };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) good = loopback_new (on_request_cb, &fake);
  g_autoptr (Loopback) silent = loopback_new (on_request_cb, &mute);
  g_autoptr (Loopback) wrong = loopback_new (on_request_cb, &other);
  g_autoptr (GPtrArray) addresses = create_list ();
  g_autoptr (BijouConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = NULL;
  g_autofree char *url = NULL;

  /* The black hole is the last winner, so it even has the head start. */
  add_address (addresses, loopback_get_port (silent), "", BIJOU_ADDRESS_LAN)->last_success = 5;
  add_address (addresses, loopback_find_dead_port (), "", BIJOU_ADDRESS_LAN);
  add_address (addresses, loopback_get_port (wrong), "", BIJOU_ADDRESS_LAN);
  add_address (addresses, loopback_get_port (good), "", BIJOU_ADDRESS_LAN);
  connection = bijou_connection_new (http, &probe, "me", addresses);
  g_assert_cmpint (bijou_connection_get_state (connection), ==, BIJOU_CONNECTION_UNKNOWN);

  response = call (connection, "GET", "/a?b=c", &error);
  g_assert_no_error (error);
  g_assert_cmpint (bijou_connection_get_state (connection), ==, BIJOU_CONNECTION_CONNECTED);
  url = bijou_connection_dup_current_url (connection);
  assert_url (url, good);
  g_assert_cmpint (other.calls, ==, 0);
  g_assert_false (fake.saw_token || other.saw_token);
  /* The probe's connection is the one that the call uses. */
  g_assert_cmpuint (loopback_get_connections (good), ==, 1);
}

static void
test_learns (void)
{
  Fake fake = { .id = "me" };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) good = loopback_new (on_request_cb, &fake);
  g_autoptr (GPtrArray) addresses = create_list ();
  g_autoptr (GPtrArray) learned = NULL;
  g_autoptr (BijouConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  /* The dead one goes first and has certainly failed when the good one answers. */
  add_address (addresses, loopback_find_dead_port (), "", BIJOU_ADDRESS_LAN)->last_success = 5;
  add_address (addresses, loopback_get_port (good), "", BIJOU_ADDRESS_DIRECT);
  connection = bijou_connection_new (http, &probe, "me", addresses);
  url = bijou_connection_get_base_url (connection, NULL, &error);
  g_assert_no_error (error);

  learned = bijou_connection_get_addresses (connection);
  g_assert_cmpint (((BijouAddress *) learned->pdata[0])->failures, ==, 1);
  g_assert_cmpint (((BijouAddress *) learned->pdata[1])->failures, ==, 0);
  g_assert_cmpint (((BijouAddress *) learned->pdata[1])->last_success, >, 5);
  g_assert_cmpint (((BijouAddress *) learned->pdata[1])->latency_ms, >=, 0);
}

static void
test_class_beats_speed (void)
{
  Fake slow = { .id = "me", .delay_ms = 100 }, fast = { .id = "me" };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) lan = loopback_new (on_request_cb, &slow);
  g_autoptr (Loopback) direct = loopback_new (on_request_cb, &fast);
  g_autoptr (GPtrArray) addresses = create_list ();
  g_autoptr (BijouConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  add_address (addresses, loopback_get_port (direct), "", BIJOU_ADDRESS_DIRECT);
  add_address (addresses, loopback_get_port (lan), "", BIJOU_ADDRESS_LAN);
  connection = bijou_connection_new (http, &probe, "me", addresses);
  url = bijou_connection_get_base_url (connection, NULL, &error);
  g_assert_no_error (error);
  assert_url (url, lan);
  g_assert_cmpint (bijou_connection_get_current_class (connection), ==, BIJOU_ADDRESS_LAN);
}

static void
test_relay_is_held (void)
{
  Fake relayed = { .id = "me" }, direct = { .id = "me", .delay_ms = 600 };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) relay = loopback_new (on_request_cb, &relayed);
  g_autoptr (Loopback) slow = loopback_new (on_request_cb, &direct);
  g_autoptr (GPtrArray) addresses = create_list ();
  g_autoptr (BijouConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  add_address (addresses, loopback_get_port (relay), "", BIJOU_ADDRESS_RELAY)->last_success = 9;
  add_address (addresses, loopback_get_port (slow), "", BIJOU_ADDRESS_DIRECT);
  connection = bijou_connection_new (http, &probe, "me", addresses);
  url = bijou_connection_get_base_url (connection, NULL, &error);
  g_assert_no_error (error);
  assert_url (url, slow);
  g_assert_cmpint (relayed.identities, ==, 0);
}

static void
test_relay_is_last (void)
{
  Fake relayed = { .id = "me" };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) relay = loopback_new (on_request_cb, &relayed);
  g_autoptr (GPtrArray) addresses = create_list ();
  g_autoptr (BijouConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  add_address (addresses, loopback_get_port (relay), "", BIJOU_ADDRESS_RELAY);
  add_address (addresses, loopback_find_dead_port (), "", BIJOU_ADDRESS_DIRECT);
  connection = bijou_connection_new (http, &probe, "me", addresses);
  url = bijou_connection_get_base_url (connection, NULL, &error);
  g_assert_no_error (error);
  assert_url (url, relay);
}

static gpointer
call_in_thread (gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = call (data, "GET", "/x", &error);

  g_assert_no_error (error);
  return NULL;
}

static void
test_single_flight (void)
{
  Fake fake = { .id = "me", .delay_ms = 100 };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, &fake);
  g_autoptr (GPtrArray) addresses = create_list ();
  g_autoptr (BijouConnection) connection = NULL;
  GThread *threads[100];

  add_address (addresses, loopback_get_port (server), "", BIJOU_ADDRESS_LAN);
  connection = bijou_connection_new (http, &probe, "me", addresses);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("caller", call_in_thread, connection);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (fake.identities, ==, 1);
  g_assert_cmpint (fake.calls, ==, 100);
}

static void
test_replay_once (void)
{
  Fake fake = { .id = "me" };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, &fake);
  g_autoptr (GPtrArray) addresses = create_list ();
  g_autoptr (BijouConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = NULL;

  add_address (addresses, loopback_get_port (server), "/base", BIJOU_ADDRESS_LAN);
  connection = bijou_connection_new (http, &probe, "me", addresses);

  /* curl itself sends once more when a kept connection turns out to be closed: two for each. */
  g_atomic_int_set (&fake.drop_calls, 2);
  response = call (connection, "POST", "/x", &error);
  g_assert_null (response);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE);
  g_assert_cmpint (bijou_connection_get_state (connection), ==, BIJOU_CONNECTION_SUSPECT);
  g_assert_cmpint (fake.calls, ==, 2);
  g_clear_error (&error);

  g_atomic_int_set (&fake.calls, 0);
  g_atomic_int_set (&fake.drop_calls, 2);
  response = call (connection, "GET", "/x", &error);
  g_assert_no_error (error);
  g_assert_cmpint (fake.calls, ==, 3);
  g_clear_pointer (&response, bijou_http_response_unref);

  g_atomic_int_set (&fake.calls, 0);
  g_atomic_int_set (&fake.drop_calls, 100);
  response = call (connection, "GET", "/x", &error);
  g_assert_null (response);
  g_assert_cmpint (fake.calls, ==, 4);
}

static void
test_moves_over (void)
{
  Fake first = { .id = "me" }, second = { .id = "me" };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  Loopback *lan = loopback_new (on_request_cb, &first);
  g_autoptr (Loopback) direct = loopback_new (on_request_cb, &second);
  g_autoptr (GPtrArray) addresses = create_list ();
  g_autoptr (BijouConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = NULL;
  g_autofree char *url = NULL;

  add_address (addresses, loopback_get_port (lan), "", BIJOU_ADDRESS_LAN);
  add_address (addresses, loopback_get_port (direct), "", BIJOU_ADDRESS_DIRECT);
  connection = bijou_connection_new (http, &probe, "me", addresses);
  response = call (connection, "GET", "/1", &error);
  g_assert_no_error (error);
  g_assert_cmpint (first.calls, ==, 1);
  g_clear_pointer (&response, bijou_http_response_unref);

  loopback_free (lan);
  response = call (connection, "GET", "/2", &error);
  g_assert_no_error (error);
  g_assert_cmpint (second.calls, ==, 1);
  url = bijou_connection_dup_current_url (connection);
  assert_url (url, direct);
}

static void
blame (BijouConnection *connection, Loopback *server, const char *path)
{
  g_autofree char *url = loopback_dup_url (server, path);
  g_autoptr (GError) error = g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_OFFLINE, "Gone");

  bijou_connection_report_failure (connection, url, error);
}

/* A transfer dies at an address that is not in use any more, or whose URL only begins alike. */
static void
test_blames_the_right_one (void)
{
  Fake fake = { .id = "me" };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) good = loopback_new (on_request_cb, &fake);
  g_autoptr (Loopback) other = loopback_new (on_request_cb, &fake);
  g_autoptr (GPtrArray) addresses = create_list ();
  g_autoptr (GPtrArray) learned = NULL;
  g_autoptr (BijouConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  add_address (addresses, loopback_get_port (good), "", BIJOU_ADDRESS_LAN);
  add_address (addresses, loopback_get_port (good), "/jellyfin", BIJOU_ADDRESS_DIRECT);
  add_address (addresses, loopback_get_port (other), "", BIJOU_ADDRESS_RELAY);
  connection = bijou_connection_new (http, &probe, "me", addresses);
  url = bijou_connection_get_base_url (connection, NULL, &error);
  g_assert_no_error (error);
  assert_url (url, good);

  blame (connection, other, "/film?a=b");
  blame (connection, good, "/jellyfin/film");
  blame (connection, good, "0/film");
  g_assert_cmpint (bijou_connection_get_state (connection), ==, BIJOU_CONNECTION_CONNECTED);
  learned = bijou_connection_get_addresses (connection);
  g_assert_cmpint (((BijouAddress *) learned->pdata[0])->failures, ==, 0);
  g_assert_cmpint (((BijouAddress *) learned->pdata[1])->failures, ==, 1);
  g_assert_cmpint (((BijouAddress *) learned->pdata[2])->failures, ==, 1);

  blame (connection, good, "/film");
  g_assert_cmpint (bijou_connection_get_state (connection), ==, BIJOU_CONNECTION_SUSPECT);
}

static void
test_all_dead (void)
{
  Fake starting = { .id = "me", .identity_status = 503 };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, &starting);
  g_autoptr (GPtrArray) addresses = create_list ();
  g_autoptr (BijouConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  add_address (addresses, loopback_find_dead_port (), "", BIJOU_ADDRESS_LAN);
  connection = bijou_connection_new (http, &probe, "me", addresses);
  url = bijou_connection_get_base_url (connection, NULL, &error);
  g_assert_null (url);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE);
  g_assert_cmpint (bijou_connection_get_state (connection), ==, BIJOU_CONNECTION_OFFLINE);
  g_clear_error (&error);

  add_address (addresses, loopback_get_port (server), "", BIJOU_ADDRESS_LAN);
  bijou_connection_set_addresses (connection, addresses);
  url = bijou_connection_get_base_url (connection, NULL, &error);
  g_assert_null (url);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING);
}

static void
test_wrong_server (void)
{
  Fake other = { .id = "other" };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, &other);
  g_autoptr (GPtrArray) addresses = create_list ();
  g_autoptr (BijouConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = NULL;

  add_address (addresses, loopback_get_port (server), "", BIJOU_ADDRESS_LAN);
  connection = bijou_connection_new (http, &probe, "me", addresses);
  response = call (connection, "GET", "/x", &error);
  g_assert_null (response);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_WRONG_SERVER);
  g_assert_cmpint (other.calls, ==, 0);
}

static void
on_changed_cb (BijouConnection *connection, gpointer user_data)
{
  guint *count = user_data;

  (*count)++;
}

static void
test_unauthorised (void)
{
  Fake fake = { .id = "me", .status = 401 };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, &fake);
  g_autoptr (GPtrArray) addresses = create_list ();
  g_autoptr (BijouConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = NULL;
  guint changed = 0;

  add_address (addresses, loopback_get_port (server), "", BIJOU_ADDRESS_LAN);
  connection = bijou_connection_new (http, &probe, "me", addresses);
  g_signal_connect (connection, "changed", G_CALLBACK (on_changed_cb), &changed);

  /* No reason to fail over, and for the backend to judge. */
  response = call (connection, "GET", "/x", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bijou_http_response_get_status (response), ==, 401);
  g_assert_cmpint (bijou_connection_get_state (connection), ==, BIJOU_CONNECTION_CONNECTED);
  g_assert_cmpint (fake.identities, ==, 1);

  while (g_main_context_iteration (NULL, FALSE))
    ;
  changed = 0;
  bijou_connection_set_authorised (connection, FALSE);
  g_assert_cmpint (bijou_connection_get_state (connection), ==, BIJOU_CONNECTION_UNAUTHORISED);
  g_assert_cmpuint (changed, ==, 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (changed, >, 0);

  bijou_connection_set_authorised (connection, TRUE);
  g_assert_cmpint (bijou_connection_get_state (connection), ==, BIJOU_CONNECTION_CONNECTED);
}

static gpointer
cancel_in_thread (gpointer data)
{
  gpointer *both = data;

  while (loopback_get_requests (both[0]) == 0)
    g_thread_yield ();
  g_cancellable_cancel (both[1]);
  return NULL;
}

static void
test_cancelled_caller (void)
{
  Fake fake = { .id = "me", .mute = TRUE };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, &fake);
  g_autoptr (GPtrArray) addresses = create_list ();
  g_autoptr (BijouConnection) connection = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;
  gpointer both[] = { server, cancellable };
  GThread *thread;

  add_address (addresses, loopback_get_port (server), "", BIJOU_ADDRESS_LAN);
  connection = bijou_connection_new (http, &probe, "me", addresses);
  thread = g_thread_new ("cancel", cancel_in_thread, both);
  url = bijou_connection_get_base_url (connection, cancellable, &error);
  g_thread_join (thread);
  g_assert_null (url);
  g_assert_true (bijou_error_is_cancelled (error));
  bijou_http_shutdown (http);
}

static BijouHttpResponse *
fetch_picture (BijouConnection *connection, GError **error)
{
  g_autoptr (BijouHttpRequest) request = bijou_http_request_new ("GET", "/p", BIJOU_HTTP_IMAGE);

  return bijou_connection_send (connection, request, NULL, error);
}

static void
test_pictures_heed_the_back_off (void)
{
  Fake fake = { .id = "me", .identity_status = 503 };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, &fake);
  g_autoptr (GPtrArray) addresses = create_list ();
  g_autoptr (BijouConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = NULL;

  add_address (addresses, loopback_get_port (server), "", BIJOU_ADDRESS_LAN);
  connection = bijou_connection_new (http, &probe, "me", addresses);
  g_assert_null (fetch_picture (connection, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING);
  g_clear_error (&error);
  g_assert_cmpint (g_atomic_int_get (&fake.identities), ==, 1);

  fake.identity_status = 0;
  bijou_connection_set_addresses (connection, addresses); /* ends the pause after a race */
  g_assert_null (fetch_picture (connection, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING);
  g_clear_error (&error);
  g_assert_cmpint (g_atomic_int_get (&fake.identities), ==, 1);

  response = call (connection, "GET", "/x", &error);
  g_assert_no_error (error);
  g_clear_pointer (&response, bijou_http_response_unref);
  response = fetch_picture (connection, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_atomic_int_get (&fake.identities), ==, 2);
}

static void
wait_for (gint *counter, int value)
{
  while (g_atomic_int_get (counter) < value)
    g_thread_yield ();
}

static void
test_network_changed (void)
{
  Fake fake = { .id = "me", .hold = TRUE };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, &fake);
  g_autoptr (GPtrArray) addresses = create_list ();
  g_autoptr (BijouConnection) connection = NULL;
  GThread *caller;

  add_address (addresses, loopback_get_port (server), "", BIJOU_ADDRESS_LAN);
  connection = bijou_connection_new (http, &probe, "me", addresses);

  /* Nobody asks for this race. It is lost, but the network changed meanwhile: that is not told to
   * who waits. Many changes are one race more. */
  bijou_connection_network_changed (connection);
  wait_for (&fake.identities, 1);
  caller = g_thread_new ("caller", call_in_thread, connection);
  for (int i = 0; i < 20; i++)
    bijou_connection_network_changed (connection);
  g_atomic_int_set (&fake.hold, FALSE);
  g_thread_join (caller);
  /* The first race may have been won after all, and the caller been answered in the second. */
  while (bijou_connection_get_state (connection) != BIJOU_CONNECTION_CONNECTED ||
         g_atomic_int_get (&fake.identities) < 2)
    g_thread_yield ();
  g_assert_cmpint (g_atomic_int_get (&fake.identities), ==, 2);
}

static void
test_goes_in_a_race (void)
{
  Fake fake = { .id = "me", .mute = TRUE };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, &fake);
  g_autoptr (GPtrArray) addresses = create_list ();
  BijouConnection *connection;

  add_address (addresses, loopback_get_port (server), "", BIJOU_ADDRESS_LAN);
  connection = bijou_connection_new (http, &probe, "me", addresses);
  g_object_add_weak_pointer (G_OBJECT (connection), (gpointer *) &connection);
  bijou_connection_network_changed (connection);
  while (loopback_get_requests (server) == 0)
    g_thread_yield ();

  /* Its thread is gone with it: nothing runs on against a client that is shut down. */
  g_object_unref (connection);
  g_assert_null (connection);
}

static void
test_long_identity (void)
{
  Fake fake = { .length = 1 << 20 };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, &fake);
  g_autoptr (GPtrArray) addresses = create_list ();
  g_autoptr (BijouConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  add_address (addresses, loopback_get_port (server), "", BIJOU_ADDRESS_LAN);
  connection = bijou_connection_new (http, &probe, NULL, addresses);
  g_assert_null (bijou_connection_get_base_url (connection, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
}

static void
test_probe_all (void)
{
  Fake fake = { .id = "me" }, other = { .id = "other" };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) good = loopback_new (on_request_cb, &fake);
  g_autoptr (Loopback) wrong = loopback_new (on_request_cb, &other);
  g_autoptr (GPtrArray) addresses = create_list ();
  g_autoptr (BijouConnection) connection = NULL;
  g_autoptr (GPtrArray) results = NULL;
  const BijouProbeResult *result;

  add_address (addresses, loopback_get_port (good), "", BIJOU_ADDRESS_LAN);
  add_address (addresses, loopback_get_port (wrong), "", BIJOU_ADDRESS_DIRECT);
  add_address (addresses, loopback_get_port (good), "/r", BIJOU_ADDRESS_RELAY);
  add_address (addresses, loopback_get_port (good), "/off", BIJOU_ADDRESS_LAN)->disabled = TRUE;
  connection = bijou_connection_new (http, &probe, "me", addresses);
  results = bijou_connection_probe_all (connection);
  g_assert_cmpuint (results->len, ==, 4);

  result = results->pdata[0];
  g_assert_true (result->tested && result->error == NULL && result->in_use && result->ms >= 0);
  result = results->pdata[1];
  g_assert_error (result->error, BIJOU_ERROR, BIJOU_ERROR_WRONG_SERVER);
  result = results->pdata[2];
  g_assert_true (result->tested && result->error == NULL && !result->in_use);
  result = results->pdata[3];
  g_assert_false (result->tested);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connection/dead-first", test_dead_first);
  g_test_add_func ("/connection/learns", test_learns);
  g_test_add_func ("/connection/class-beats-speed", test_class_beats_speed);
  g_test_add_func ("/connection/relay-is-held", test_relay_is_held);
  g_test_add_func ("/connection/relay-is-last", test_relay_is_last);
  g_test_add_func ("/connection/single-flight", test_single_flight);
  g_test_add_func ("/connection/replay-once", test_replay_once);
  g_test_add_func ("/connection/moves-over", test_moves_over);
  g_test_add_func ("/connection/blames-the-right-one", test_blames_the_right_one);
  g_test_add_func ("/connection/all-dead", test_all_dead);
  g_test_add_func ("/connection/wrong-server", test_wrong_server);
  g_test_add_func ("/connection/unauthorised", test_unauthorised);
  g_test_add_func ("/connection/cancelled-caller", test_cancelled_caller);
  g_test_add_func ("/connection/pictures-heed-the-back-off", test_pictures_heed_the_back_off);
  g_test_add_func ("/connection/network-changed", test_network_changed);
  g_test_add_func ("/connection/goes-in-a-race", test_goes_in_a_race);
  g_test_add_func ("/connection/long-identity", test_long_identity);
  g_test_add_func ("/connection/probe-all", test_probe_all);
  return g_test_run ();
}
