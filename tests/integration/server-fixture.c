#include "config.h"

#include "server-fixture.h"

#include <glib/gstdio.h>

static const BijouClientInfo client = {
  .client_id = "sync-test",
  .device_name = "Test",
  .version = "0",
};

static BijouSignedIn *
sign_in (ServerFixture *fixture, const BijouBackendType *type)
{
  g_autofree char *token = bijou_fake_server_dup_token (fixture->fake, 0);
  const char *url = bijou_fake_server_get_url (fixture->fake);
  g_autoptr (GError) error = NULL;
  BijouSignedIn *signed_in;

  if (type->sign_in_password != NULL)
    signed_in = type->sign_in_password (
        fixture->http, &client, url, bijou_fake_server_get_user (fixture->fake),
        bijou_fake_server_get_password (fixture->fake), NULL, &error);
  else
    signed_in = type->sign_in_token (fixture->http, &client, url, token, NULL, &error);
  g_assert_no_error (error);
  return signed_in;
}

void
server_fixture_set_up (ServerFixture *fixture, const char *backend, const BijouFakeOptions *options)
{
  const BijouBackendType *type = bijou_backend_type_find (backend);
  g_autoptr (BijouSignedIn) signed_in = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  fixture->fake = bijou_fake_server_start (
      g_str_equal (backend, "plex") ? BIJOU_FAKE_PLEX : BIJOU_FAKE_JELLYFIN, options, &error);
  g_assert_no_error (error);
  fixture->server_id = bijou_fake_server_get_id (fixture->fake);
  fixture->http = bijou_http_new (NULL);
  signed_in = sign_in (fixture, type);
  if (signed_in->server->addresses->len == 0)
    g_ptr_array_add (
        signed_in->server->addresses,
        bijou_address_new (bijou_fake_server_get_url (fixture->fake), BIJOU_ADDRESS_FROM_USER));
  fixture->token = g_strdup (signed_in->token);
  fixture->backend = type->create (fixture->http, &client, signed_in->server, signed_in->token);

  fixture->folder = g_dir_make_tmp ("bijou-sync-XXXXXX", NULL);
  path = g_build_filename (fixture->folder, "library.db", NULL);
  fixture->store = bijou_store_open (path, NULL, &error);
  g_assert_no_error (error);
  bijou_store_save_server (fixture->store, signed_in->server, &error);
  g_assert_no_error (error);
}

void
server_fixture_tear_down (ServerFixture *fixture)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);

  g_clear_object (&fixture->backend);
  bijou_http_shutdown (fixture->http);
  g_clear_object (&fixture->http);
  bijou_fake_server_stop (fixture->fake);
  bijou_store_close (fixture->store);
  g_clear_object (&fixture->store);
  for (const char *name = g_dir_read_name (folder); name != NULL; name = g_dir_read_name (folder))
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->token);
}

char *
server_fixture_get (ServerFixture *fixture, const char *path)
{
  g_autofree char *url = g_strconcat (bijou_fake_server_get_url (fixture->fake), path, NULL);
  g_autoptr (BijouHttpRequest) request = bijou_http_request_new ("GET", url, BIJOU_HTTP_LIST);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = bijou_http_send (fixture->http, request, NULL, &error);
  GBytes *body;

  g_assert_no_error (error);
  body = bijou_http_response_get_body (response);
  return g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}
