#include "config.h"

#include "bijou-backend-type.h"
#include "bijou-jellyfin-discovery.h"
#include "bijou-plex-discovery.h"

#include <locale.h>
#include <string.h>

#define ID "0123456789abcdef0123456789abcdef01234567"
#define HEAD "HTTP/1.0 200 OK\r\nContent-Type: plex/media-server\r\n"
#define HASH "00112233445566778899aabbccddeeff"

static BijouDiscovered *
parse_plex (const char *reply)
{
  g_autoptr (GInetAddress) source = g_inet_address_new_from_string ("192.168.7.20");

  return bijou_plex_parse_discovery (reply, strlen (reply), source);
}

static BijouDiscovered *
parse_jellyfin (const char *reply)
{
  g_autoptr (GInetAddress) source = g_inet_address_new_from_string ("192.168.7.20");

  return bijou_jellyfin_parse_discovery (reply, strlen (reply), source);
}

static void
assert_urls (BijouDiscovered *discovered, const char *first, const char *second)
{
  g_assert_nonnull (discovered);
  g_assert_cmpuint (discovered->urls->len, ==, second != NULL ? 2 : 1);
  g_assert_cmpstr (discovered->urls->pdata[0], ==, first);
  if (second != NULL)
    g_assert_cmpstr (discovered->urls->pdata[1], ==, second);
}

/* --- Plex --- */

static void
test_plex_good (void)
{
  g_autoptr (BijouDiscovered) secure =
      parse_plex (HEAD "Host: " HASH ".plex.direct\r\nName: Wohn\xc3\xa4immer\r\nPort: 32401\r\n"
                       "Resource-Identifier: " ID "\r\nUpdated-At: 1\r\nVersion: 1.41.0\r\n\r\n");
  g_autoptr (BijouDiscovered) plain =
      parse_plex ("HTTP/1.1 200 OK\ncontent-type:plex/media-server\nRESOURCE-IDENTIFIER:  " ID);

  assert_urls (secure, "https://192-168-7-20." HASH ".plex.direct:32401", NULL);
  g_assert_cmpstr (secure->server_id, ==, ID);
  g_assert_cmpstr (secure->name, ==, "Wohnäimmer");
  g_assert_cmpstr (secure->version, ==, "1.41.0");
  assert_urls (plain, "http://192.168.7.20:32400", NULL);
  g_assert_null (plain->name);
  g_assert_null (plain->version);
}

static void
test_plex_ipv6 (void)
{
  static const char reply[] =
      HEAD "Host: " HASH ".plex.direct\r\nResource-Identifier: " ID "\r\n\r\n";
  static const char bare[] = HEAD "Resource-Identifier: " ID "\r\n\r\n";
  g_autoptr (GInetAddress) source = g_inet_address_new_from_string ("fd00::7:20");
  g_autoptr (BijouDiscovered) secure = bijou_plex_parse_discovery (reply, strlen (reply), source);
  g_autoptr (BijouDiscovered) plain = bijou_plex_parse_discovery (bare, strlen (bare), source);

  assert_urls (secure, "https://fd00--7-20." HASH ".plex.direct:32400", NULL);
  assert_urls (plain, "http://[fd00::7:20]:32400", NULL);
}

static void
test_plex_bad (void)
{
  static const char *const replies[] = {
    "",
    "\n",
    "HTTP/1.0 200",
    "HTTP/1.0 404 Not Found\r\nContent-Type: plex/media-server\r\nResource-Identifier: " ID "\r\n",
    "HTTP/1.0 200 OK\r\nContent-Type: plex/media-player\r\nResource-Identifier: " ID "\r\n",
    "HTTP/1.0 200 OK\r\nResource-Identifier: " ID "\r\n",
    "M-SEARCH * HTTP/1.1\r\n\r\n",
    HEAD,
    HEAD "Resource-Identifier:\r\n",
    HEAD "Resource-Identifier: ../../etc\r\n",
    HEAD "Resource-Identifier: a b\r\n",
    HEAD "Resource-Identifier: \xff\xfe\r\n",
    HEAD "Resource-Identifier: " ID ID "\r\n",
    HEAD "Resource-Identifier: " ID "\r\nPort: 0\r\n",
    HEAD "Resource-Identifier: " ID "\r\nPort: 65536\r\n",
    HEAD "Resource-Identifier: " ID "\r\nPort: -1\r\n",
    HEAD "Resource-Identifier: " ID "\r\nPort: 32400@evil.example\r\n",
    HEAD "Resource-Identifier: " ID "\r\nPort: 99999999999999999999\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    g_assert_null (parse_plex (replies[i]));
}

/* What is not a name below plex.direct is not made a host of. */
static void
test_plex_bad_host (void)
{
  static const char *const hosts[] = { "evil.example",
                                       "evil.example/" HASH ".plex.direct",
                                       HASH ".plex.direct.evil.example",
                                       ".plex.direct",
                                       "a.b.plex.direct",
                                       "x@y.plex.direct",
                                       "\x01\x02" };

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autofree char *reply =
          g_strdup_printf (HEAD "Host: %s\r\nResource-Identifier: " ID "\r\n", hosts[i]);
      g_autoptr (BijouDiscovered) discovered = parse_plex (reply);

      assert_urls (discovered, "http://192.168.7.20:32400", NULL);
    }
}

static void
test_text_is_clean (void)
{
  g_autoptr (GString) reply = g_string_new (HEAD "Resource-Identifier: " ID "\r\nName: ");
  g_autoptr (GInetAddress) source = g_inet_address_new_from_string ("192.168.7.20");
  g_autoptr (BijouDiscovered) discovered = NULL;

  g_string_append (reply, " A\x07\xff");
  g_string_append_c (reply, '\0');
  g_string_append (reply, "\xe2\x80\xae"
                          "b\t");
  for (guint i = 0; i < 4000; i++)
    g_string_append (reply, "\xc3\xa4");
  discovered = bijou_plex_parse_discovery (reply->str, reply->len, source);
  g_assert_nonnull (discovered);
  g_assert_true (g_utf8_validate (discovered->name, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (discovered->name, -1), <=, 120);
  g_assert_true (g_str_has_prefix (discovered->name, "A "));
  g_assert_null (strstr (discovered->name, "\xe2\x80\xae"));
  g_assert_null (strchr (discovered->name, '\t'));
}

/* --- Jellyfin --- */

static void
test_jellyfin_good (void)
{
  g_autoptr (BijouDiscovered) same = parse_jellyfin (
      "{\"Address\":\"http://192.168.7.20:8096\",\"Id\":\"0123456789ABCDEF0123456789abcdef\","
      "\"Name\":\"Attic\",\"EndpointAddress\":null}");
  g_autoptr (BijouDiscovered) container = parse_jellyfin (
      "{\"Address\":\"https://172.17.0.2:8920/jellyfin/\",\"Id\":\"0123456789abcdef0123456789abcdef"
      "\",\"Name\":null}");
  g_autoptr (BijouDiscovered) plain = parse_jellyfin (
      "{\"Address\":\"http://172.17.0.2:8097\",\"Id\":\"0123456789abcdef0123456789abcdef\"}");
  g_autoptr (BijouDiscovered) bare =
      parse_jellyfin ("{\"Id\":\"01234567-89ab-cdef-0123-456789abcdef\",\"Address\":7,\"Name\":7}");

  assert_urls (same, "http://192.168.7.20:8096", NULL);
  g_assert_cmpstr (same->server_id, ==, "0123456789abcdef0123456789abcdef");
  g_assert_cmpstr (same->name, ==, "Attic");
  assert_urls (container, "https://172.17.0.2:8920/jellyfin", "https://192.168.7.20:8920/jellyfin");
  g_assert_null (container->name);
  assert_urls (plain, "http://192.168.7.20:8097", "http://172.17.0.2:8097");
  assert_urls (bare, "http://192.168.7.20:8096", NULL);
}

static void
test_jellyfin_bad (void)
{
  static const char *const replies[] = {
    "",
    "null",
    "[]",
    "\"who is JellyfinServer?\"",
    "{}",
    "{\"Id\":null}",
    "{\"Id\":{}}",
    "{\"Id\":\"1\"}",
    "{\"Id\":\"00000000000000000000000000000000\"}",
    "{\"Id\":\"0123456789abcdef0123456789abcdef\"",
    "\xff\xfe\x01",
    HEAD "Resource-Identifier: " ID "\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    g_assert_null (parse_jellyfin (replies[i]));
}

/* --- what a race may try --- */

static BijouServer *
create_server (const char *backend, const char *const *urls)
{
  BijouServer *server = bijou_server_new (backend, "id", "Name");

  for (; *urls != NULL; urls++)
    g_ptr_array_add (server->addresses, bijou_address_new (*urls, BIJOU_ADDRESS_FROM_ACCOUNT));
  return server;
}

static void
test_accepts (void)
{
  static const char secure[] = "https://192-168-7-20." HASH ".plex.direct:32400";
  static const char other[] =
      "https://192-168-7-20.ffeeddccbbaa99887766554433221100.plex.direct:32400";
  static const char plain[] = "http://192.168.7.20:32400";
  const char *const certified[] = { "https://10-0-0-1." HASH ".plex.direct:32400", NULL };
  const char *const mixed[] = { certified[0], "http://10.0.0.1:32400", NULL };
  const char *const domain[] = { "https://films.example/jellyfin", NULL };
  g_autoptr (BijouServer) account = create_server ("plex", certified);
  g_autoptr (BijouServer) both = create_server ("plex", mixed);
  g_autoptr (BijouServer) jellyfin = create_server ("jellyfin", domain);

  g_assert_true (bijou_backend_type_accepts_url (account, secure));
  g_assert_false (bijou_backend_type_accepts_url (account, other));
  g_assert_false (bijou_backend_type_accepts_url (account, plain));
  g_assert_true (bijou_backend_type_accepts_url (both, secure));
  g_assert_false (bijou_backend_type_accepts_url (both, other));
  g_assert_true (bijou_backend_type_accepts_url (both, plain));
  both->https_required = TRUE;
  g_assert_false (bijou_backend_type_accepts_url (both, plain));
  g_assert_true (bijou_backend_type_accepts_url (jellyfin, "https://192.168.7.20:8920"));
  g_assert_false (bijou_backend_type_accepts_url (jellyfin, "http://192.168.7.20:8096"));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/discovery-parse/plex/good", test_plex_good);
  g_test_add_func ("/discovery-parse/plex/ipv6", test_plex_ipv6);
  g_test_add_func ("/discovery-parse/plex/bad", test_plex_bad);
  g_test_add_func ("/discovery-parse/plex/bad-host", test_plex_bad_host);
  g_test_add_func ("/discovery-parse/text-is-clean", test_text_is_clean);
  g_test_add_func ("/discovery-parse/jellyfin/good", test_jellyfin_good);
  g_test_add_func ("/discovery-parse/jellyfin/bad", test_jellyfin_bad);
  g_test_add_func ("/discovery-parse/accepts", test_accepts);
  return g_test_run ();
}
