#include "config.h"

#include "bijou-spelled-host.h"

#define HASH ".0123456789abcdef0123456789abcdef.plex.direct"

static void
test_spells (void)
{
  static const struct
  {
    const char *host;
    const char *address;
  } cases[] = {
    { "192-168-1-5" HASH, "192.168.1.5" },
    { "127-0-0-1" HASH, "127.0.0.1" },
    { "255-255-255-255" HASH, "255.255.255.255" },
    { "2001-db8--1" HASH, "2001:db8::1" },
    { "FE80--A-B" HASH, "fe80::a:b" },
    { "1--2-3" HASH, "1::2:3" },
    { "2001-db8-0-0-0-0-0-1" HASH, "2001:db8::1" },
    { "10-0-0-1.0123456789ABCDEF0123456789abcdef.PLEX.Direct", "10.0.0.1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *address = bijou_spelled_host_get_address (cases[i].host);

      g_assert_cmpstr (address, ==, cases[i].address);
    }
}

/* What spells no address is a name like any other. */
static void
test_left_to_dns (void)
{
  static const char *const hosts[] = { "999-1-1-1" HASH,
                                       "256-1-1-1" HASH,
                                       "a-b-c-d" HASH,
                                       "1-2-3" HASH,
                                       "1-2-3-4-5" HASH,
                                       "-1-2-3-4" HASH,
                                       "010-1-1-1" HASH,
                                       "1-2-3-4x" HASH,
                                       "0x7f-0-0-1" HASH,
                                       "--ffff-1-2-3-4-5-6-7-8" HASH,
                                       "fe80--1%eth0" HASH,
                                       "" HASH,
                                       "plex.direct",
                                       ".plex.direct",
                                       "192-168-1-5.example",
                                       "192-168-1-5.plex.direct.example",
                                       "192-168-1-5.notplex.direct",
                                       "192.168.1.5",
                                       "" };

  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    g_assert_cmpstr (bijou_spelled_host_get_address (hosts[i]), ==, NULL);
}

static void
test_entries (void)
{
  g_autofree char *four = bijou_spelled_host_make_entry ("https://10-0-0-1" HASH ":32400/a?b");
  g_autofree char *six = bijou_spelled_host_make_entry ("https://2001-db8--1" HASH "/");
  g_autofree char *plain = bijou_spelled_host_make_entry ("http://10-0-0-1" HASH);

  g_assert_cmpstr (four, ==, "10-0-0-1" HASH ":32400:10.0.0.1");
  g_assert_cmpstr (six, ==, "2001-db8--1" HASH ":443:[2001:db8::1]");
  g_assert_cmpstr (plain, ==, "10-0-0-1" HASH ":80:10.0.0.1");
  g_assert_null (bijou_spelled_host_make_entry ("https://10.0.0.1:32400"));
  g_assert_null (bijou_spelled_host_make_entry ("https://a-b-c-d" HASH));
  g_assert_null (bijou_spelled_host_make_entry ("no url"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/spelled-host/spells", test_spells);
  g_test_add_func ("/spelled-host/left-to-dns", test_left_to_dns);
  g_test_add_func ("/spelled-host/entries", test_entries);

  return g_test_run ();
}
