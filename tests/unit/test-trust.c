#include "config.h"

#include "bijou-http-private.h"
#include "bijou-trust.h"

#define PIN_A "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define PIN_B "sha256//BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA="

static void
test_pins (void)
{
  g_autoptr (BijouTrust) one = bijou_trust_new (PIN_A, NULL);
  g_autoptr (BijouTrust) two = bijou_trust_with_pins (one, PIN_B ";" PIN_A);
  g_autoptr (BijouTrust) same = bijou_trust_with_pins (two, NULL);

  g_assert_cmpstr (bijou_trust_get_pins (one), ==, PIN_A);
  g_assert_cmpstr (bijou_trust_get_pins (two), ==, PIN_A ";" PIN_B);
  g_assert_cmpstr (bijou_trust_get_pins (same), ==, PIN_A ";" PIN_B);
  g_assert_null (bijou_trust_get_pins (NULL));
  g_assert_true (bijou_trust_check_pins (PIN_A));
  g_assert_true (bijou_trust_check_pins (PIN_A ";" PIN_B));
}

static void
test_no_pins (void)
{
  static const char *const wrong[] = { "",          "sha256//",       "AAAA",
                                       "md5//AAAA", PIN_A ";",        ";" PIN_A,
                                       PIN_A "\n",  PIN_A " ;" PIN_B, "/etc/passwd" };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (bijou_trust_check_pins (wrong[i]));
  g_assert_null (bijou_trust_new ("/etc/ssl/key.pem", NULL));
  g_assert_null (bijou_trust_new (NULL, NULL));
  g_assert_null (bijou_trust_new ("", "\n\n"));
}

static void
test_headers (void)
{
  g_autoptr (BijouTrust) trust =
      bijou_trust_new (NULL, "CF-Access-Client-Id:  one \nnothing\nX-Secret: a: b\n");
  g_autoptr (BijouTrust) none = bijou_trust_with_headers (trust, NULL);
  const char *value;

  g_assert_cmpuint (bijou_trust_get_n_headers (trust), ==, 2);
  g_assert_cmpstr (bijou_trust_get_header (trust, 0, &value), ==, "CF-Access-Client-Id");
  g_assert_cmpstr (value, ==, "one");
  g_assert_cmpstr (bijou_trust_get_header (trust, 1, &value), ==, "X-Secret");
  g_assert_cmpstr (value, ==, "a: b");
  g_assert_cmpstr (bijou_trust_get_headers (trust), ==, "CF-Access-Client-Id: one\nX-Secret: a: b");
  g_assert_null (none);
}

static void
test_no_headers (void)
{
  static const char *const wrong[] = { "",
                                       "Name",
                                       ": value",
                                       "Name:",
                                       "Name:   ",
                                       "Two Words: a",
                                       "Host: a",
                                       "range: a",
                                       "Content-Length: 3",
                                       "A: b\r\nC: d",
                                       "Transfer-Encoding: chunked" };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (bijou_trust_check_header (wrong[i]));
  g_assert_true (bijou_trust_check_header ("Authorization: Basic abc"));
  g_assert_true (bijou_trust_check_header ("Cookie: a=b"));
}

static void
test_addresses (void)
{
  g_autoptr (BijouTrust) trust = bijou_trust_new (PIN_A, "X-Secret: a");
  g_autoptr (BijouTrust) secret = bijou_trust_new (NULL, "X-Secret: a");
  g_autoptr (BijouAddress) typed = bijou_address_new ("https://a", BIJOU_ADDRESS_FROM_USER);
  g_autoptr (BijouAddress) told = bijou_address_new ("https://a", BIJOU_ADDRESS_FROM_ACCOUNT);
  g_autoptr (BijouAddress) heard = bijou_address_new ("https://a", BIJOU_ADDRESS_FROM_DISCOVERY);
  g_autoptr (BijouTrust) at_typed = bijou_trust_for_address (trust, typed);
  g_autoptr (BijouTrust) at_told = bijou_trust_for_address (trust, told);
  g_autoptr (BijouTrust) at_heard = bijou_trust_for_address (trust, heard);

  g_assert_true (at_typed == trust);
  g_assert_cmpstr (bijou_trust_get_pins (at_told), ==, PIN_A);
  g_assert_cmpuint (bijou_trust_get_n_headers (at_told), ==, 0);
  g_assert_cmpuint (bijou_trust_get_n_headers (at_heard), ==, 0);
  g_assert_null (bijou_trust_for_address (secret, told));
  g_assert_null (bijou_trust_for_address (NULL, typed));
}

/* What is trusted goes where the request goes, and stays behind at another origin. */
static void
test_requests (void)
{
  g_autoptr (BijouTrust) trust = bijou_trust_new (PIN_A, "X-Secret: a");
  g_autoptr (BijouHttpRequest) request =
      bijou_http_request_new ("GET", "https://a/picture", BIJOU_HTTP_IMAGE);
  g_autoptr (BijouHttpRequest) copy = NULL;
  g_autoptr (BijouHttpRequest) same = NULL;
  g_autoptr (BijouHttpRequest) other = NULL;
  g_autoptr (BijouHttpRequest) plain = NULL;

  bijou_http_request_set_trust (request, trust);
  copy = bijou_http_request_copy (request, "https://a/2");
  same = bijou_http_request_redirect (request, "https://a:443/3");
  other = bijou_http_request_redirect (request, "https://b/picture");
  plain = bijou_http_request_redirect (request, "http://a/picture");

  g_assert_true (copy->trust == trust);
  g_assert_true (same->trust == trust);
  g_assert_null (other->trust);
  g_assert_null (plain->trust);
}

static gboolean
may_use (BijouHttp *http, const char *url, BijouAddressSource source)
{
  g_autoptr (BijouAddress) address = bijou_address_new (url, source);

  address->address_class = BIJOU_ADDRESS_LAN; /* what an account calls local */
  return bijou_http_may_use (http, address);
}

/* In the clear only where nobody else listens, or where the user says so. */
static void
test_insecure (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  const BijouAddressSource account = BIJOU_ADDRESS_FROM_ACCOUNT;

  g_assert_true (may_use (http, "https://203.0.113.9:32400", account));
  g_assert_true (may_use (http, "http://192.168.1.5:32400", account));
  g_assert_true (may_use (http, "http://nas:8096", BIJOU_ADDRESS_FROM_DISCOVERY));
  g_assert_false (may_use (http, "http://203.0.113.9:32400", account));
  g_assert_true (may_use (http, "http://203.0.113.9:32400", BIJOU_ADDRESS_FROM_USER));

  bijou_http_set_insecure (http, BIJOU_INSECURE_NEVER);
  g_assert_false (may_use (http, "http://192.168.1.5:32400", account));
  g_assert_false (may_use (http, "http://nas:8096", BIJOU_ADDRESS_FROM_DISCOVERY));
  g_assert_true (may_use (http, "https://192.168.1.5:32400", account));
  g_assert_true (may_use (http, "http://192.168.1.5:32400", BIJOU_ADDRESS_FROM_USER));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/trust/pins", test_pins);
  g_test_add_func ("/trust/no-pins", test_no_pins);
  g_test_add_func ("/trust/headers", test_headers);
  g_test_add_func ("/trust/no-headers", test_no_headers);
  g_test_add_func ("/trust/addresses", test_addresses);
  g_test_add_func ("/trust/requests", test_requests);
  g_test_add_func ("/trust/insecure", test_insecure);

  return g_test_run ();
}
