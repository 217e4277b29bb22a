#include "config.h"

#include "bijou-backend-type.h"
#include "bijou-error.h"
#include "bijou-fake-server.h"

#include <locale.h>
#include <string.h>

static const BijouClientInfo client = {
  .client_id = "test-client",
  .device_name = "Test [machine] & more",
  .version = "0",
};

typedef struct
{
  BijouFakeServer *plextv;
  BijouFakeServer *own;
  BijouFakeServer *shared;
  BijouHttp *http;
  const char *url;
  const BijouBackendType *type;
} Fixture;

static BijouFakeServer *
start (BijouFakeProtocolKind kind, const char *name, const char *id)
{
  BijouFakeOptions options = { .name = name, .id = id, .movies = 2 };
  g_autoptr (GError) error = NULL;
  BijouFakeServer *server = bijou_fake_server_start (kind, &options, &error);

  g_assert_no_error (error);
  return server;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->own = start (BIJOU_FAKE_PLEX, "Own", "1111111111111111111111111111111111111111");
  fixture->shared = start (BIJOU_FAKE_PLEX, "Shared", "2222222222222222222222222222222222222222");
  fixture->plextv = start (BIJOU_FAKE_PLEXTV, NULL, NULL);
  bijou_fake_server_list_plex (fixture->plextv, fixture->own);
  bijou_fake_server_list_plex (fixture->plextv, fixture->shared);
  fixture->url = bijou_fake_server_get_url (fixture->plextv);
  fixture->http = bijou_http_new (NULL);
  fixture->type = bijou_backend_type_find ("plex");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bijou_http_shutdown (fixture->http);
  g_clear_object (&fixture->http);
  bijou_fake_server_stop (fixture->plextv);
  bijou_fake_server_stop (fixture->own);
  bijou_fake_server_stop (fixture->shared);
}

static BijouSignInCode *
begin (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  BijouSignInCode *code =
      fixture->type->begin_code (fixture->http, &client, fixture->url, NULL, &error);

  g_assert_no_error (error);
  return code;
}

static GPtrArray *
poll (Fixture *fixture, const BijouSignInCode *code, char **token, GError **error)
{
  return fixture->type->poll_code (fixture->http, &client, fixture->url, code, token, NULL, error);
}

static void
control (BijouFakeServer *server, const char *order)
{
  g_autofree char *answer = bijou_fake_server_control (server, "%s", order);

  g_assert_null (strstr (answer, "\"error\""));
}

/* What stands for a person who types the code, or for the browser page. */
static void
claim (Fixture *fixture, const char *code)
{
  g_autofree char *url = g_strdup_printf ("%s/link?code=%s", fixture->url, code);
  g_autoptr (BijouHttpRequest) request = bijou_http_request_new ("GET", url, BIJOU_HTTP_API);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = bijou_http_send (fixture->http, request, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (bijou_http_response_get_status (response), ==, 200);
}

static BijouSignedIn *
find_server (GPtrArray *servers, const char *name)
{
  for (guint i = 0; i < servers->len; i++)
    {
      BijouSignedIn *signed_in = g_ptr_array_index (servers, i);

      if (g_str_equal (signed_in->server->name, name))
        return signed_in;
    }
  g_assert_not_reached ();
}

static char *
get_strong_code (const BijouSignInCode *code)
{
  const char *start = strstr (code->browser_url, "&code=") + strlen ("&code=");

  return g_strndup (start, strcspn (start, "&"));
}

static void
test_code (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouSignInCode) code = begin (fixture);
  gint64 left = code->expires_at - g_get_real_time () / G_USEC_PER_SEC;

  g_assert_cmpuint (strlen (code->code), ==, 4);
  g_assert_cmpstr (code->link_text, ==, "plex.tv/link");
  g_assert_true (g_str_has_prefix (code->browser_url, "https://app.plex.tv/auth#?clientID="));
  g_assert_nonnull (strstr (code->browser_url, "&context%5Bdevice%5D%5Bproduct%5D=Bijou&"));
  g_assert_nonnull (strstr (code->browser_url, "=Test%20%5Bmachine%5D%20%26%20more"));
  g_assert_null (strpbrk (code->browser_url, "[] "));
  g_assert_cmpint (left, >, 60);
  g_assert_cmpint (left, <=, 900);
  g_assert_cmpuint (code->interval_ms, >=, 1000);
}

static void
assert_servers (Fixture *fixture, GPtrArray *servers)
{
  BijouSignedIn *own = find_server (servers, "Own");
  BijouSignedIn *shared = find_server (servers, "Shared");
  BijouSignedIn *off = find_server (servers, "Old NAS");
  g_autofree char *token = bijou_fake_server_dup_token (fixture->own, 0);

  g_assert_cmpuint (servers->len, ==, 3);
  g_assert_cmpstr (own->token, ==, token);
  g_assert_cmpstr (own->server->id, ==, bijou_fake_server_get_id (fixture->own));
  g_assert_cmpstr (own->server->client_id, ==, "test-client");
  g_assert_nonnull (own->server->account_id);
  g_assert_true (own->owned);
  g_assert_false (shared->owned);
  g_assert_cmpstr (shared->owner, ==, "a friend");
  g_assert_cmpuint (off->server->addresses->len, ==, 0);
}

static void
assert_sign_in (Fixture *fixture, gboolean in_browser)
{
  g_autoptr (BijouSignInCode) code = begin (fixture);
  g_autofree char *strong = get_strong_code (code);
  g_autofree char *token = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers = poll (fixture, code, &token, &error);

  g_assert_no_error (error);
  g_assert_null (servers);
  claim (fixture, in_browser ? strong : code->code);
  servers = poll (fixture, code, &token, &error);
  g_assert_no_error (error);
  g_assert_nonnull (token);
  assert_servers (fixture, servers);
}

static void
test_browser (Fixture *fixture, gconstpointer data)
{
  assert_sign_in (fixture, TRUE);
}

static void
test_typed (Fixture *fixture, gconstpointer data)
{
  assert_sign_in (fixture, FALSE);
}

static void
test_drift (Fixture *fixture, gconstpointer data)
{
  bijou_fake_server_add_fault (fixture->plextv, "* drift");
  assert_sign_in (fixture, TRUE);
}

static void
test_expired (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouSignInCode) code = begin (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers = NULL;

  /* The page's code runs out, the typed one still counts. */
  control (fixture->plextv, "{\"expire\": 1001}");
  servers = poll (fixture, code, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (servers);

  control (fixture->plextv, "{\"expire\": 1000}");
  servers = poll (fixture, code, NULL, &error);
  g_assert_null (servers);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
}

/* A poll that fails for the moment says neither yes nor no. */
static void
test_patience (Fixture *fixture, gconstpointer data)
{
  static const char *faults[] = { "/api/v2/pins/* refuse", "/api/v2/pins/* status=502",
                                  "/api/v2/pins/* status=429", "/api/v2/resources* status=500" };
  g_autoptr (BijouSignInCode) code = begin (fixture);
  g_autofree char *token = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers = NULL;

  claim (fixture, code->code);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      bijou_fake_server_add_fault (fixture->plextv, "%s", faults[i]);
      servers = poll (fixture, code, &token, &error);
      g_assert_no_error (error);
      g_assert_null (servers);
      g_assert_null (token);
      bijou_fake_server_clear_faults (fixture->plextv);
    }
  servers = poll (fixture, code, &token, &error);
  g_assert_no_error (error);
  g_assert_nonnull (servers);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  BijouSignInCode *code;

  g_cancellable_cancel (cancellable);
  code = fixture->type->begin_code (fixture->http, &client, fixture->url, cancellable, &error);
  g_assert_null (code);
  g_assert_true (bijou_error_is_cancelled (error));
}

static void
test_account (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = bijou_fake_server_dup_token (fixture->plextv, 0);
  g_autofree char *account_id = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers = fixture->type->list_account_servers (
      fixture->http, &client, fixture->url, token, &account_id, NULL, &error);
  g_autoptr (GPtrArray) none = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (account_id, ==, "f00d000000000000");
  assert_servers (fixture, servers);

  g_assert_true (
      fixture->type->sign_out_account (fixture->http, &client, fixture->url, token, NULL, &error));
  g_assert_no_error (error);
  none = fixture->type->list_account_servers (fixture->http, &client, fixture->url, token, NULL,
                                              NULL, &error);
  g_assert_null (none);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED);
  /* What is dead is signed out. */
  g_assert_true (
      fixture->type->sign_out_account (fixture->http, &client, fixture->url, token, NULL, NULL));
}

static void
test_home (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = bijou_fake_server_dup_token (fixture->plextv, 0);
  g_autofree char *guest = NULL;
  g_autofree char *guest_at_own = bijou_fake_server_dup_token (fixture->own, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers = NULL;
  g_autoptr (GPtrArray) users =
      fixture->type->list_account_users (fixture->http, &client, fixture->url, token, NULL, &error);
  BijouAccountUser *user;

  g_assert_no_error (error);
  g_assert_cmpuint (users->len, ==, 3);
  user = g_ptr_array_index (users, 0);
  g_assert_true (user->admin && !user->needs_pin && !user->restricted);
  user = g_ptr_array_index (users, 2);
  g_assert_true (user->restricted && !user->admin);
  user = g_ptr_array_index (users, 1);
  g_assert_cmpstr (user->name, ==, "Guest Room");
  g_assert_true (user->needs_pin);

  g_assert_null (fixture->type->switch_account_user (fixture->http, &client, fixture->url, token,
                                                     user->id, "9999", NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN);
  g_assert_cmpuint (bijou_fake_server_count (fixture->plextv, "POST */switch*"), ==, 1);
  g_clear_error (&error);
  guest = fixture->type->switch_account_user (fixture->http, &client, fixture->url, token, user->id,
                                              "1234", NULL, &error);
  g_assert_no_error (error);
  servers = fixture->type->list_account_servers (fixture->http, &client, fixture->url, guest, NULL,
                                                 NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (find_server (servers, "Own")->token, ==, guest_at_own);
  g_assert_cmpstr (find_server (servers, "Own")->server->user_name, ==, "Guest Room");
}

static void
test_no_home (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = bijou_fake_server_dup_token (fixture->plextv, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = NULL;

  control (fixture->plextv, "{\"no_home\": true}");
  users =
      fixture->type->list_account_users (fixture->http, &client, fixture->url, token, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (users->len, ==, 0);
}

static void
test_token (Fixture *fixture, gconstpointer data)
{
  const char *url = bijou_fake_server_get_url (fixture->own);
  g_autofree char *token = bijou_fake_server_dup_token (fixture->own, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouSignedIn) good =
      fixture->type->sign_in_token (fixture->http, &client, url, token, NULL, &error);
  BijouSignedIn *bad;

  g_assert_no_error (error);
  g_assert_cmpstr (good->server->name, ==, "Own");
  g_assert_cmpstr (good->server->id, ==, bijou_fake_server_get_id (fixture->own));
  g_assert_cmpuint (good->server->addresses->len, ==, 1);
  g_assert_cmpstr (((BijouAddress *) good->server->addresses->pdata[0])->url, ==, url);

  bad = fixture->type->sign_in_token (fixture->http, &client, url, "wrong", NULL, &error);
  g_assert_null (bad);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED);
  g_clear_error (&error);

  bijou_fake_server_add_fault (fixture->own, "/identity html");
  bad = fixture->type->sign_in_token (fixture->http, &client, url, token, NULL, &error);
  g_assert_null (bad);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
}

#define ADD(name, func) g_test_add ("/plex/auth/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  ADD ("code", test_code);
  ADD ("browser", test_browser);
  ADD ("typed", test_typed);
  ADD ("drift", test_drift);
  ADD ("expired", test_expired);
  ADD ("patience", test_patience);
  ADD ("cancelled", test_cancelled);
  ADD ("account", test_account);
  ADD ("home", test_home);
  ADD ("no-home", test_no_home);
  ADD ("token", test_token);
  return g_test_run ();
}
