#include "config.h"

#include "bijou-backend-type.h"

#include "scripted-server.h"

#include <string.h>

#define SERVER_ID "5e7fe75e7fe75e7fe75e7fe75e7fe75e"
#define USER_ID "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
#define TOKEN "70ce5ec2e7"

#define INFO_OF(version, address)                                                                  \
  "{\"ServerName\":\"attic\",\"Version\":\"" version "\",\"ProductName\":\"Jellyfin Server\","     \
  "\"Id\":\"" SERVER_ID "\",\"LocalAddress\":\"" address "\"}"
#define INFO INFO_OF ("10.10.7", "http://192.168.7.7:8096")
#define RESULT                                                                                     \
  "{\"User\":{\"Id\":\"" USER_ID "\",\"Name\":\"ann\",\"Policy\":{\"IsAdministrator\":true}},"     \
  "\"AccessToken\":\"" TOKEN "\",\"ServerId\":\"" SERVER_ID "\"}"

typedef struct
{
  ScriptedServer *server;
  BijouHttp *http;
  BijouClientInfo client;
  const BijouBackendType *type;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = scripted_server_new ();
  fixture->http = bijou_http_new (NULL);
  fixture->client.client_id = "device-1";
  fixture->client.device_name = "box";
  fixture->client.version = "0.1";
  fixture->type = bijou_backend_type_find ("jellyfin");
  answer_json (fixture->server, "GET /System/Info/Public", INFO);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bijou_http_shutdown (fixture->http);
  g_clear_object (&fixture->http);
  scripted_server_free (fixture->server);
}

static BijouSignedIn *
sign_in (Fixture *fixture, GError **error)
{
  return fixture->type->sign_in_password (fixture->http, &fixture->client,
                                          scripted_server_get_url (fixture->server), "ann",
                                          "pass \"word\"", NULL, error);
}

static void
test_password (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouSignedIn) signed_in = NULL;
  g_autofree char *seen = NULL;
  BijouAddress *typed, *local;

  answer_json (fixture->server, "POST /Users/AuthenticateByName", RESULT);
  signed_in = sign_in (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (signed_in->token, ==, TOKEN);
  g_assert_true (signed_in->owned);
  g_assert_cmpstr (signed_in->server->id, ==, SERVER_ID);
  g_assert_cmpstr (signed_in->server->backend, ==, "jellyfin");
  g_assert_cmpstr (signed_in->server->name, ==, "attic");
  g_assert_cmpstr (signed_in->server->version, ==, "10.10.7");
  g_assert_cmpstr (signed_in->server->user_id, ==, USER_ID);
  g_assert_cmpstr (signed_in->server->user_name, ==, "ann");
  g_assert_cmpstr (signed_in->server->client_id, ==, "device-1");

  g_assert_cmpuint (signed_in->server->addresses->len, ==, 2);
  typed = g_ptr_array_index (signed_in->server->addresses, 0);
  local = g_ptr_array_index (signed_in->server->addresses, 1);
  g_assert_cmpstr (typed->url, ==, scripted_server_get_url (fixture->server));
  g_assert_cmpint (typed->source, ==, BIJOU_ADDRESS_FROM_USER);
  g_assert_cmpstr (local->url, ==, "http://192.168.7.7:8096");
  g_assert_cmpint (local->source, ==, BIJOU_ADDRESS_FROM_DISCOVERY);

  seen = dup_last (fixture->server, "POST *");
  assert_has (seen, "DeviceId=\"device-1\"");
  assert_has (seen, "\"Username\":\"ann\"");
  assert_has (seen, "\"Pw\":\"pass \\\"word\\\"\"");
  assert_has_not (seen, "Token=");
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint status;
    int code;
  } cases[] = { { 401, BIJOU_ERROR_UNAUTHORISED },
                { 403, BIJOU_ERROR_FORBIDDEN },
                { 400, BIJOU_ERROR_PROTOCOL },
                { 500, BIJOU_ERROR_SERVER } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      answer (fixture->server, "POST *", cases[i].status, "Content-Type: text/plain\r\n",
              "Error processing request.");
      g_assert_null (sign_in (fixture, &error));
      g_assert_error (error, BIJOU_ERROR, cases[i].code);
      assert_has_not (error->message, "pass \"");
    }
}

static void
test_broken_results (Fixture *fixture, gconstpointer data)
{
  static const char *results[] = { "",
                                   "{}",
                                   "[]",
                                   "{\"AccessToken\":\"x\"}",
                                   "{\"User\":{\"Id\":\"" USER_ID "\"}}",
                                   "{\"User\":{\"Id\":\"nobody\"},\"AccessToken\":\"x\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GError) error = NULL;

      answer_json (fixture->server, "POST *", results[i]);
      g_assert_null (sign_in (fixture, &error));
      g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
    }
}

/* A password is for a Jellyfin server that is ready, and for nobody else. */
static void
test_no_password_sent (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *info;
    int code;
  } cases[] = {
    { "{\"serverName\":\"attic\",\"version\":\"10.11.0\"}", BIJOU_ERROR_SERVER_STARTING },
    { "<html>", BIJOU_ERROR_PROTOCOL },
    { "{\"ServerName\":\"other\",\"Version\":\"4.8\",\"Id\":\"" SERVER_ID "\"}",
      BIJOU_ERROR_PROTOCOL },
    { INFO_OF ("10.8.13", ""), BIJOU_ERROR_UNSUPPORTED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      answer_json (fixture->server, "GET /System/Info/Public", cases[i].info);
      g_assert_null (sign_in (fixture, &error));
      g_assert_error (error, BIJOU_ERROR, cases[i].code);
    }
  g_assert_cmpuint (count_seen (fixture->server, "POST *"), ==, 0);
}

static void
test_new_versions (Fixture *fixture, gconstpointer data)
{
  static const char *infos[] = { INFO_OF ("10.11.11", ""), INFO_OF ("12.0.0", "nonsense:"),
                                 INFO_OF ("13.1", "http://192.168.7.7:8096/web/") };

  answer_json (fixture->server, "POST /Users/AuthenticateByName", RESULT);
  for (guint i = 0; i < G_N_ELEMENTS (infos); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BijouSignedIn) signed_in = NULL;

      answer_json (fixture->server, "GET /System/Info/Public", infos[i]);
      signed_in = sign_in (fixture, &error);
      g_assert_no_error (error);
      g_assert_nonnull (signed_in);
    }
}

static void
test_token (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouSignedIn) signed_in = NULL;
  const char *url = scripted_server_get_url (fixture->server);

  answer_json (fixture->server, "GET /Users/Me", "{\"Id\":\"" USER_ID "\",\"Name\":\"ann\"}");
  signed_in =
      fixture->type->sign_in_token (fixture->http, &fixture->client, url, TOKEN, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (signed_in->token, ==, TOKEN);
  g_assert_cmpstr (signed_in->server->user_name, ==, "ann");
  g_assert_cmpuint (count_seen_url (fixture->server, TOKEN), ==, 0);

  answer (fixture->server, "GET /Users/Me", 401, "", "");
  g_assert_null (
      fixture->type->sign_in_token (fixture->http, &fixture->client, url, TOKEN, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED);
  g_clear_error (&error);

  answer (fixture->server, "GET /Users/Me", 400, "", "");
  g_assert_null (
      fixture->type->sign_in_token (fixture->http, &fixture->client, url, TOKEN, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED);
}

#define CODE(authenticated)                                                                        \
  "{\"Authenticated\":" authenticated ",\"Secret\":\"5EC\",\"Code\":\"123456\"}"

static void
test_quick_connect (Fixture *fixture, gconstpointer data)
{
  const char *url = scripted_server_get_url (fixture->server);
  g_autofree char *page = g_strconcat (url, "/web/#/quickconnect?code=123456", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouSignInCode) code = NULL;
  g_autoptr (GPtrArray) found = NULL;
  BijouSignedIn *signed_in;

  answer_json (fixture->server, "POST /QuickConnect/Initiate", CODE ("false"));
  answer_json (fixture->server, "GET /QuickConnect/Connect?secret=5EC", CODE ("false"));
  answer_json (fixture->server, "POST /Users/AuthenticateWithQuickConnect", RESULT);

  code = fixture->type->begin_code (fixture->http, &fixture->client, url, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (code->code, ==, "123456");
  g_assert_cmpstr (code->browser_url, ==, page);
  g_assert_cmpint (code->expires_at, >, g_get_real_time () / G_USEC_PER_SEC);

  found = fixture->type->poll_code (fixture->http, &fixture->client, url, code, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (found);
  g_assert_cmpuint (count_seen (fixture->server, "POST /Users/*"), ==, 0);

  answer_json (fixture->server, "GET /QuickConnect/Connect?secret=5EC", CODE ("true"));
  found = fixture->type->poll_code (fixture->http, &fixture->client, url, code, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
  signed_in = g_ptr_array_index (found, 0);
  g_assert_cmpstr (signed_in->token, ==, TOKEN);
  g_assert_cmpuint (count_seen (fixture->server, "POST /Users/*{\"Secret\":\"5EC\"}"), ==, 1);
}

static void
test_quick_connect_over (Fixture *fixture, gconstpointer data)
{
  const char *url = scripted_server_get_url (fixture->server);
  BijouSignInCode code = { .code = (char *) "1", .secret = (char *) "5EC" };
  g_autoptr (GError) error = NULL;

  answer (fixture->server, "POST /QuickConnect/Initiate", 401, "", "\"disabled\"");
  g_assert_null (fixture->type->begin_code (fixture->http, &fixture->client, url, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED);
  g_clear_error (&error);

  answer_json (fixture->server, "GET /QuickConnect/Connect*", "");
  answer (fixture->server, "GET /QuickConnect/Connect*", 404, "", "\"Unknown secret\"");
  g_assert_null (
      fixture->type->poll_code (fixture->http, &fixture->client, url, &code, NULL, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
  assert_has_not (error->message, "5EC");
}

#define FIXTURE_TEST(name, func)                                                                   \
  g_test_add ("/jellyfin/sign-in/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  FIXTURE_TEST ("password", test_password);
  FIXTURE_TEST ("refused", test_refused);
  FIXTURE_TEST ("broken-results", test_broken_results);
  FIXTURE_TEST ("no-password-sent", test_no_password_sent);
  FIXTURE_TEST ("new-versions", test_new_versions);
  FIXTURE_TEST ("token", test_token);
  FIXTURE_TEST ("quick-connect", test_quick_connect);
  FIXTURE_TEST ("quick-connect-over", test_quick_connect_over);

  return g_test_run ();
}
