#include "config.h"

#include "bijou-json.h"
#include "bijou-plex-auth.h"

#include <locale.h>

#define CONNECTION(uri, address, port, local, relay)                                               \
  "{\"protocol\":\"https\",\"address\":\"" address "\",\"port\":" port ",\"uri\":\"" uri           \
  "\",\"local\":" local ",\"relay\":" relay ",\"IPv6\":false}"

#define LAN                                                                                        \
  CONNECTION ("https://192-168-1-5.0123456789abcdef.plex.direct:32400", "192.168.1.5", "32400",    \
              "true", "false")
#define DIRECT CONNECTION ("https://media.example:443", "media.example", "443", "false", "false")
#define RELAY                                                                                      \
  CONNECTION ("https://203-0-113-7.0123456789abcdef.plex.direct:8443", "203.0.113.7", "8443",      \
              "false", "true")

static BijouSignedIn *
parse (const char *fields, const char *connections)
{
  g_autofree char *data = g_strdup_printf ("{\"name\":\"Home\",\"productVersion\":\"1.43.2\","
                                           "\"clientIdentifier\":\"m1\",%s,\"connections\":[%s]}",
                                           fields, connections);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = bijou_json_parse_object (data, -1, &error);

  g_assert_no_error (error);
  return bijou_plex_parse_resource (object, "client-1", "account-secret");
}

static BijouAddress *
get_address (BijouSignedIn *signed_in, guint i)
{
  g_assert_cmpuint (i, <, signed_in->server->addresses->len);
  return g_ptr_array_index (signed_in->server->addresses, i);
}

static void
assert_address (BijouSignedIn *signed_in, guint i, const char *url, BijouAddressClass address_class)
{
  g_assert_cmpstr (get_address (signed_in, i)->url, ==, url);
  g_assert_cmpint (get_address (signed_in, i)->address_class, ==, address_class);
  g_assert_cmpint (get_address (signed_in, i)->source, ==, BIJOU_ADDRESS_FROM_ACCOUNT);
}

static void
test_owned (void)
{
  g_autoptr (BijouSignedIn) signed_in =
      parse ("\"provides\":\"client, server\",\"owned\":true,\"accessToken\":\"secret\","
             "\"sourceTitle\":null,\"httpsRequired\":false,\"publicAddressMatches\":false",
             LAN "," DIRECT "," RELAY "," LAN);

  g_assert_cmpstr (signed_in->server->id, ==, "m1");
  g_assert_cmpstr (signed_in->server->name, ==, "Home");
  g_assert_cmpstr (signed_in->server->version, ==, "1.43.2");
  g_assert_cmpstr (signed_in->server->client_id, ==, "client-1");
  g_assert_cmpstr (signed_in->token, ==, "secret");
  g_assert_true (signed_in->owned);
  g_assert_null (signed_in->owner);
  g_assert_cmpuint (signed_in->server->addresses->len, ==, 4);
  assert_address (signed_in, 0, "https://192-168-1-5.0123456789abcdef.plex.direct:32400",
                  BIJOU_ADDRESS_LAN);
  assert_address (signed_in, 1, "http://192.168.1.5:32400", BIJOU_ADDRESS_LAN);
  g_assert_cmpint (get_address (signed_in, 2)->address_class, ==, BIJOU_ADDRESS_DIRECT);
  assert_address (signed_in, 3, "https://203-0-113-7.0123456789abcdef.plex.direct:8443",
                  BIJOU_ADDRESS_RELAY);
}

static void
test_https_required (void)
{
  g_autoptr (BijouSignedIn) signed_in =
      parse ("\"provides\":\"server\",\"owned\":\"1\",\"accessToken\":\"secret\","
             "\"httpsRequired\":true",
             LAN "," CONNECTION ("http://10.0.0.2:32400", "10.0.0.2", "32400", "true", "false"));

  g_assert_true (signed_in->server->https_required);
  g_assert_cmpuint (signed_in->server->addresses->len, ==, 1);
}

/* Somebody else's private addresses mean nothing here, unless we are in the same network. */
static void
test_shared (void)
{
  g_autoptr (BijouSignedIn) away =
      parse ("\"provides\":\"server\",\"owned\":false,\"accessToken\":\"s\","
             "\"sourceTitle\":\"Ann\",\"publicAddressMatches\":false",
             LAN "," DIRECT);
  g_autoptr (BijouSignedIn) near =
      parse ("\"provides\":\"server\",\"owned\":false,\"accessToken\":\"s\","
             "\"sourceTitle\":\"Ann\",\"publicAddressMatches\":true",
             LAN "," DIRECT);

  g_assert_false (away->owned);
  g_assert_cmpstr (away->owner, ==, "Ann");
  g_assert_cmpuint (away->server->addresses->len, ==, 1);
  g_assert_cmpint (get_address (away, 0)->address_class, ==, BIJOU_ADDRESS_DIRECT);
  g_assert_cmpuint (near->server->addresses->len, ==, 3);
}

static void
test_senseless_addresses (void)
{
  g_autoptr (BijouSignedIn) signed_in = parse (
      "\"provides\":\"server\",\"owned\":true,\"accessToken\":\"s\"",
      CONNECTION ("https://0-0-0-0.0123.plex.direct:32400", "0.0.0.0", "32400", "true",
                  "false") "," CONNECTION ("https://x.plex.direct:1", "fe80::1", "1", "true",
                                           "false") "," CONNECTION ("gopher://x", "x", "0", "true",
                                                                    "false") ",null,"
                                                                             "{\"uri\":null}");

  g_assert_cmpuint (signed_in->server->addresses->len, ==, 0);
}

static void
test_tokens (void)
{
  g_autoptr (BijouSignedIn) owned =
      parse ("\"provides\":\"server\",\"owned\":true,\"accessToken\":null", "");
  g_autoptr (BijouSignedIn) foreign =
      parse ("\"provides\":\"server\",\"owned\":false,\"accessToken\":null", "");
  g_autoptr (BijouSignedIn) player =
      parse ("\"provides\":\"client,player\",\"owned\":true,\"accessToken\":\"s\"", "");

  g_assert_cmpstr (owned->token, ==, "account-secret");
  g_assert_null (foreign);
  g_assert_null (player);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/plex/account/owned", test_owned);
  g_test_add_func ("/plex/account/https-required", test_https_required);
  g_test_add_func ("/plex/account/shared", test_shared);
  g_test_add_func ("/plex/account/senseless-addresses", test_senseless_addresses);
  g_test_add_func ("/plex/account/tokens", test_tokens);
  return g_test_run ();
}
