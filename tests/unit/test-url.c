#include "bijou-address-route.h"
#include "bijou-url.h"

static void
test_query (void)
{
  BijouQuery *query = bijou_query_new ("/library/all");
  g_autofree char *url = NULL;

  bijou_query_add (query, "title", "a b&c=ä");
  bijou_query_add (query, "absent", NULL);
  bijou_query_add_int (query, "type", 0);
  bijou_query_add_raw (query, "updatedAt%3E=5");
  bijou_query_add_raw (query, "");
  url = bijou_query_end (query);
  g_assert_cmpstr (url, ==, "/library/all?title=a%20b%26c%3D%C3%A4&type=0&updatedAt%3E=5");
}

static void
test_query_goes_on (void)
{
  BijouQuery *query = bijou_query_new ("/hubs?count=3");
  g_autofree char *url = NULL;

  bijou_query_add (query, "x", "1");
  url = bijou_query_end (query);
  g_assert_cmpstr (url, ==, "/hubs?count=3&x=1");
}

static void
test_join (void)
{
  g_autofree char *plain = bijou_url_join ("http://a:1", "/b?c=/d");
  g_autofree char *under = bijou_url_join ("http://a/jellyfin/", "/Items");
  g_autofree char *relative = bijou_url_join ("http://a/jellyfin", "Items");

  g_assert_cmpstr (plain, ==, "http://a:1/b?c=/d");
  g_assert_cmpstr (under, ==, "http://a/jellyfin/Items");
  g_assert_cmpstr (relative, ==, "http://a/jellyfin/Items");
}

static void
test_is_under (void)
{
  g_assert_true (bijou_url_is_under ("http://h:80", "http://h:80"));
  g_assert_true (bijou_url_is_under ("http://h:80/a?b", "http://h:80"));
  g_assert_true (bijou_url_is_under ("http://h:80?b", "http://h:80"));
  g_assert_true (bijou_url_is_under ("http://h/jellyfin/x", "http://h/jellyfin"));
  g_assert_true (bijou_url_is_under ("http://h/jellyfin", "http://h"));
  g_assert_false (bijou_url_is_under ("http://nas.example.org/x", "http://nas"));
  g_assert_false (bijou_url_is_under ("http://h:8096/x", "http://h:80"));
  g_assert_false (bijou_url_is_under ("http://h/jellyfin2/x", "http://h/jellyfin"));
  g_assert_false (bijou_url_is_under ("http://h", "http://h/jellyfin"));
}

static void
test_same_origin (void)
{
  g_assert_true (bijou_url_same_origin ("http://A/x", "http://a:80/y?z"));
  g_assert_true (bijou_url_same_origin ("https://a:443", "https://a/"));
  g_assert_false (bijou_url_same_origin ("http://a/", "https://a/"));
  g_assert_false (bijou_url_same_origin ("http://a/", "http://b/"));
  g_assert_false (bijou_url_same_origin ("http://a:1/", "http://a:2/"));
  g_assert_false (bijou_url_same_origin ("/x", "/x"));
}

static void
test_resolve (void)
{
  static const char *const cases[][2] = {
    { "http://other:1/x?y=1", "http://other:1/x?y=1" },
    { "/web/", "https://nas:8096/web/" },
    { "../up", "https://nas:8096/up" },
    { "?q", "https://nas:8096/base/path?q" },
    { "http://192.168;7.20:8096/jellyfin", NULL },
    { "mailto:somebody", NULL },
    { "x:/.//y", NULL },
    { "http://[", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *url = bijou_url_resolve ("https://nas:8096/base/path", cases[i][0]);

      g_assert_cmpstr (url, ==, cases[i][1]);
    }
  g_assert_null (bijou_url_resolve ("no url", "/web/"));
}

/* What no interface of a test machine decides. */
static void
test_vpn (void)
{
  g_assert_true (bijou_address_route_is_vpn ("http://100.101.102.103:8096"));
  g_assert_true (bijou_address_route_is_vpn ("https://100-64-0-1.0123.plex.direct:32400"));
  g_assert_true (bijou_address_route_is_vpn ("https://attic.tail1234.ts.net"));
  g_assert_false (bijou_address_route_is_vpn ("http://100.128.0.1:8096"));
  g_assert_false (bijou_address_route_is_vpn ("http://127.0.0.1:8096"));
  g_assert_false (bijou_address_route_is_vpn ("http://[::1]:8096"));
  g_assert_false (bijou_address_route_is_vpn ("https://films.example"));
  g_assert_false (bijou_address_route_is_vpn ("no url"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/url/query", test_query);
  g_test_add_func ("/url/query-goes-on", test_query_goes_on);
  g_test_add_func ("/url/join", test_join);
  g_test_add_func ("/url/resolve", test_resolve);
  g_test_add_func ("/url/vpn", test_vpn);
  g_test_add_func ("/url/is-under", test_is_under);
  g_test_add_func ("/url/same-origin", test_same_origin);
  return g_test_run ();
}
