#include "config.h"

#include "bijou-certificate.h"

#include "bijou-http-private.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>

#define DEADLINE_MS 6000L
#define MAX_NAMES 20
#define HASH_LENGTH 32
#define GROUP_DIGITS 4

/**
 * bijou_certificate_free:
 * @self: (transfer full): a certificate
 */
void
bijou_certificate_free (BijouCertificate *self)
{
  g_free (self->host);
  g_free (self->subject);
  g_free (self->issuer);
  g_strfreev (self->names);
  g_free (self->fingerprint);
  g_free (self->pin);
  g_free (self);
}

/**
 * bijou_certificate_format_fingerprint:
 * @self: a certificate
 *
 * Returns: (transfer full): its fingerprint in groups of four digits, to be compared by eye
 */
char *
bijou_certificate_format_fingerprint (const BijouCertificate *self)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; self->fingerprint[i] != '\0'; i++)
    {
      if (i > 0 && i % GROUP_DIGITS == 0)
        g_string_append_c (text, ' ');
      g_string_append_c (text, self->fingerprint[i]);
    }
  return g_string_free (text, FALSE);
}

/* --- asking --- */

static int
on_progress_cb (
    void *user_data, curl_off_t to_get, curl_off_t got, curl_off_t to_put, curl_off_t put)
{
  return g_cancellable_is_cancelled (user_data) ? 1 : 0;
}

/* The certificates as they came, the host's own first. */
static char *
join_chain (CURL *easy)
{
  struct curl_certinfo *chain = NULL;
  g_autoptr (GString) pem = g_string_new (NULL);

  curl_easy_getinfo (easy, CURLINFO_CERTINFO, &chain);
  for (int i = 0; chain != NULL && i < chain->num_of_certs; i++)
    for (struct curl_slist *field = chain->certinfo[i]; field != NULL; field = field->next)
      if (g_str_has_prefix (field->data, "Cert:"))
        g_string_append_printf (pem, "%s\n", field->data + strlen ("Cert:"));
  return pem->len == 0 ? NULL : g_string_free (g_steal_pointer (&pem), FALSE);
}

static void
set_failure (CURLcode code, const char *message, GCancellable *cancellable, GError **error)
{
  BijouError kind = BIJOU_ERROR_OFFLINE;

  if (g_cancellable_is_cancelled (cancellable))
    kind = BIJOU_ERROR_CANCELLED;
  else if (code == CURLE_OPERATION_TIMEDOUT)
    kind = BIJOU_ERROR_TIMEOUT;
  else if (code == CURLE_SSL_CONNECT_ERROR)
    kind = BIJOU_ERROR_TLS;
  g_set_error_literal (error, BIJOU_ERROR, (int) kind,
                       *message != '\0' ? message : curl_easy_strerror (code));
}

/* Ends after the handshake: not a byte of a request is sent. */
static char *
fetch_chain (const char *url, GCancellable *cancellable, GError **error)
{
  char message[CURL_ERROR_SIZE] = "";
  CURL *easy = curl_easy_init ();
  struct curl_slist *addresses = bijou_http_resolve_spelled_host (url);
  char *pem = NULL;
  CURLcode code;

  curl_easy_setopt (easy, CURLOPT_URL, url);
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt (easy, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt (easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
  curl_easy_setopt (easy, CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt (easy, CURLOPT_SSL_VERIFYHOST, 0L);
  curl_easy_setopt (easy, CURLOPT_CERTINFO, 1L);
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt (easy, CURLOPT_TIMEOUT_MS, DEADLINE_MS);
  curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, message);
  curl_easy_setopt (easy, CURLOPT_RESOLVE, addresses);
  curl_easy_setopt (easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt (easy, CURLOPT_XFERINFOFUNCTION, on_progress_cb);
  curl_easy_setopt (easy, CURLOPT_XFERINFODATA, cancellable);
  code = curl_easy_perform (easy);
  if (code == CURLE_OK)
    pem = join_chain (easy);
  if (code != CURLE_OK)
    set_failure (code, message, cancellable, error);
  else if (pem == NULL)
    g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_TLS, "The host shows no certificate");
  curl_easy_cleanup (easy);
  curl_slist_free_all (addresses);
  return pem;
}

/* --- reading --- */

/* Its common name; certificates without one have their whole name. */
static char *
dup_name (gnutls_x509_crt_t crt, gboolean issuer)
{
  char common[256];
  gsize length = sizeof common;
  gnutls_datum_t whole = { NULL, 0 };
  char *name;
  int result;

  result = issuer ? gnutls_x509_crt_get_issuer_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0,
                                                          common, &length)
                  : gnutls_x509_crt_get_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, common,
                                                   &length);
  if (result >= 0)
    return g_utf8_make_valid (common, (gssize) length);

  result = issuer ? gnutls_x509_crt_get_issuer_dn3 (crt, &whole, 0)
                  : gnutls_x509_crt_get_dn3 (crt, &whole, 0);
  if (result < 0)
    return g_strdup ("");
  name = g_utf8_make_valid ((const char *) whole.data, whole.size);
  gnutls_free (whole.data);
  return name;
}

static char *
format_address (const char *bytes, gsize length)
{
  GSocketFamily family = length == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6;
  g_autoptr (GInetAddress) address = NULL;

  if (length != 4 && length != 16)
    return NULL;
  address = g_inet_address_new_from_bytes ((const guint8 *) bytes, family);
  return g_inet_address_to_string (address);
}

static char **
list_names (gnutls_x509_crt_t crt)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < MAX_NAMES; i++)
    {
      char text[512];
      gsize length = sizeof text;
      int kind = gnutls_x509_crt_get_subject_alt_name (crt, i, text, &length, NULL);
      g_autofree char *name = NULL;

      if (kind == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
        break;
      if (kind == GNUTLS_SAN_DNSNAME)
        name = g_utf8_make_valid (text, (gssize) length);
      else if (kind == GNUTLS_SAN_IPADDRESS)
        name = format_address (text, length);
      if (name != NULL)
        g_strv_builder_add (names, name);
    }
  return g_strv_builder_end (names);
}

static char *
make_fingerprint (gnutls_x509_crt_t crt)
{
  guchar hash[HASH_LENGTH];
  gsize length = sizeof hash;
  GString *text = g_string_new (NULL);

  if (gnutls_x509_crt_get_fingerprint (crt, GNUTLS_DIG_SHA256, hash, &length) < 0)
    length = 0;
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%02X", hash[i]);
  return g_string_free (text, FALSE);
}

/* As CURLOPT_PINNEDPUBLICKEY wants it: the hash of the whole SubjectPublicKeyInfo. */
static char *
make_pin (gnutls_x509_crt_t crt)
{
  gnutls_pubkey_t key = NULL;
  gnutls_datum_t der = { NULL, 0 };
  guchar hash[HASH_LENGTH];
  g_autofree char *text = NULL;
  gboolean good;

  if (gnutls_pubkey_init (&key) < 0)
    return NULL;
  good = gnutls_pubkey_import_x509 (key, crt, 0) >= 0 &&
         gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &der) >= 0 &&
         gnutls_hash_fast (GNUTLS_DIG_SHA256, der.data, der.size, hash) >= 0;
  gnutls_free (der.data);
  gnutls_pubkey_deinit (key);
  if (!good)
    return NULL;
  text = g_base64_encode (hash, sizeof hash);
  return g_strconcat ("sha256//", text, NULL);
}

/* --- judging --- */

static BijouCertificateProblems
get_problems (guint status)
{
  BijouCertificateProblems problems = 0;

  if (status & (GNUTLS_CERT_SIGNER_NOT_FOUND | GNUTLS_CERT_SIGNER_NOT_CA))
    problems |= BIJOU_CERTIFICATE_UNKNOWN_AUTHORITY;
  if (status & GNUTLS_CERT_EXPIRED)
    problems |= BIJOU_CERTIFICATE_EXPIRED;
  if (status & GNUTLS_CERT_NOT_ACTIVATED)
    problems |= BIJOU_CERTIFICATE_NOT_YET_VALID;
  if (status &
      (GNUTLS_CERT_REVOKED | GNUTLS_CERT_INSECURE_ALGORITHM | GNUTLS_CERT_SIGNATURE_FAILURE |
       GNUTLS_CERT_PURPOSE_MISMATCH | GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE))
    problems |= BIJOU_CERTIFICATE_BAD;
  if (problems == 0 && (status & GNUTLS_CERT_INVALID))
    problems |= BIJOU_CERTIFICATE_BAD;
  return problems;
}

static BijouCertificateProblems
judge (BijouHttp *http, gnutls_x509_crt_t *chain, guint n_chain, const char *host)
{
  g_autoptr (GBytes) authorities = bijou_http_loop_dup_authorities (bijou_http_get_loop (http));
  gnutls_x509_trust_list_t list = NULL;
  gnutls_datum_t extra = { NULL, 0 };
  BijouCertificateProblems problems;
  guint status = 0;

  gnutls_x509_trust_list_init (&list, 0);
  gnutls_x509_trust_list_add_system_trust (list, 0, 0);
  if (authorities != NULL)
    {
      gsize length;

      extra.data = (guchar *) g_bytes_get_data (authorities, &length);
      extra.size = (guint) length;
      gnutls_x509_trust_list_add_trust_mem (list, &extra, NULL, GNUTLS_X509_FMT_PEM, 0, 0);
    }
  if (gnutls_x509_trust_list_verify_crt2 (list, chain, n_chain, NULL, 0, 0, &status, NULL) < 0)
    status = GNUTLS_CERT_INVALID;
  gnutls_x509_trust_list_deinit (list, 1);

  problems = get_problems (status);
  if (gnutls_x509_crt_check_issuer (chain[0], chain[0]) != 0 &&
      (problems & BIJOU_CERTIFICATE_UNKNOWN_AUTHORITY))
    problems |= BIJOU_CERTIFICATE_SELF_SIGNED;
  if (!gnutls_x509_crt_check_hostname (chain[0], host))
    problems |= BIJOU_CERTIFICATE_OTHER_NAME;
  return problems;
}

/**
 * bijou_certificate_read:
 * @http: the client, for the authorities it knows
 * @pem: the certificate of a host, then those that signed it
 * @host: who showed it
 * @error: return location
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the certificate, with no problem when it is trusted; %NULL
 *   with %BIJOU_ERROR_TLS when it cannot be read
 */
BijouCertificate *
bijou_certificate_read (BijouHttp *http, const char *pem, const char *host, GError **error)
{
  gnutls_datum_t data = { (guchar *) pem, (guint) strlen (pem) };
  gnutls_x509_crt_t *chain = NULL;
  guint n_chain = 0;
  BijouCertificate *self;

  if (gnutls_x509_crt_list_import2 (&chain, &n_chain, &data, GNUTLS_X509_FMT_PEM, 0) < 0 ||
      n_chain == 0)
    {
      g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_TLS, "The certificate cannot be read");
      return NULL;
    }

  self = g_new0 (BijouCertificate, 1);
  self->host = g_strdup (host);
  self->subject = dup_name (chain[0], FALSE);
  self->issuer = dup_name (chain[0], TRUE);
  self->names = list_names (chain[0]);
  self->valid_from = gnutls_x509_crt_get_activation_time (chain[0]);
  self->valid_until = gnutls_x509_crt_get_expiration_time (chain[0]);
  self->fingerprint = make_fingerprint (chain[0]);
  self->pin = make_pin (chain[0]);
  self->problems = judge (http, chain, n_chain, host);
  for (guint i = 0; i < n_chain; i++)
    gnutls_x509_crt_deinit (chain[i]);
  gnutls_free (chain);
  if (self->pin != NULL)
    return self;

  bijou_certificate_free (self);
  g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_TLS, "The public key cannot be read");
  return NULL;
}

/**
 * bijou_certificate_look:
 * @http: the client, for the authorities it knows
 * @url: an https URL
 * @cancellable: (nullable): gives up
 * @error: return location
 *
 * Lets the host of @url show its certificate, and says nothing else to it. Blocks for 6 s at most;
 * any thread but the net thread, never the main thread of a window.
 *
 * Returns: (transfer full) (nullable): the certificate, with no problem when it is trusted; a
 *   transport error when there is none to be had
 */
BijouCertificate *
bijou_certificate_look (BijouHttp *http, const char *url, GCancellable *cancellable, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_PARSE_RELAXED, NULL);
  g_autofree char *pem = NULL;

  g_return_val_if_fail (BIJOU_IS_HTTP (http), NULL);

  if (uri == NULL || g_uri_get_host (uri) == NULL || !g_str_equal (g_uri_get_scheme (uri), "https"))
    {
      g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_USAGE, "That is no https address");
      return NULL;
    }
  pem = fetch_chain (url, cancellable, error);
  return pem == NULL ? NULL : bijou_certificate_read (http, pem, g_uri_get_host (uri), error);
}
