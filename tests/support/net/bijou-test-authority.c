#include "bijou-test-authority.h"

#include <gio/gio.h>
#include <gnutls/x509.h>
#include <string.h>

#define DAY_S (24 * 60 * 60)

struct _Authority
{
  gnutls_x509_crt_t certificate;
  gnutls_x509_privkey_t key;
  char *file; /* (owned) */
};

static gnutls_x509_privkey_t
create_key (void)
{
  gnutls_x509_privkey_t key;

  g_assert_cmpint (gnutls_x509_privkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_generate (
                       key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0),
                   ==, 0);
  return key;
}

static gnutls_x509_crt_t
create_certificate (gnutls_x509_privkey_t key, const char *name, int days)
{
  static guint32 serial = 1;
  guint32 number = GUINT32_TO_BE (serial++);
  time_t now = g_get_real_time () / G_USEC_PER_SEC;
  time_t from = days < 0 ? now + 2 * days * DAY_S : now - DAY_S;
  gnutls_x509_crt_t crt;

  g_assert_cmpint (gnutls_x509_crt_init (&crt), ==, 0);
  gnutls_x509_crt_set_version (crt, 3);
  gnutls_x509_crt_set_serial (crt, &number, sizeof number);
  gnutls_x509_crt_set_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0, name, strlen (name));
  gnutls_x509_crt_set_activation_time (crt, from);
  gnutls_x509_crt_set_expiration_time (crt, now + days * DAY_S);
  g_assert_cmpint (gnutls_x509_crt_set_key (crt, key), ==, 0);
  return crt;
}

static void
write_pem (const char *folder, const char *name, const char *ending, gnutls_datum_t *data)
{
  g_autofree char *file = g_strconcat (name, ending, NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);

  g_assert_true (g_file_set_contents_full (path, (const char *) data->data, data->size,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  gnutls_free (data->data);
}

static void
write_certificate (const char *folder, const char *name, gnutls_x509_crt_t crt)
{
  gnutls_datum_t data;

  g_assert_cmpint (gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_PEM, &data), ==, 0);
  write_pem (folder, name, ".pem", &data);
}

static void
write_key (const char *folder, const char *name, gnutls_x509_privkey_t key)
{
  gnutls_datum_t data;

  g_assert_cmpint (
      gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &data),
      ==, 0);
  write_pem (folder, name, ".key", &data);
}

/**
 * authority_new:
 * @folder: where its certificate goes, as ca.pem
 *
 * Returns: (transfer full): an authority that nobody knows
 */
Authority *
authority_new (const char *folder)
{
  Authority *self = g_new0 (Authority, 1);

  self->key = create_key ();
  self->certificate = create_certificate (self->key, "Bijou Test Authority", 2);
  gnutls_x509_crt_set_basic_constraints (self->certificate, 1, -1);
  gnutls_x509_crt_set_key_usage (self->certificate, GNUTLS_KEY_KEY_CERT_SIGN);
  g_assert_cmpint (
      gnutls_x509_crt_sign2 (self->certificate, self->certificate, self->key, GNUTLS_DIG_SHA256, 0),
      ==, 0);
  write_certificate (folder, "ca", self->certificate);
  self->file = g_build_filename (folder, "ca.pem", NULL);
  return self;
}

/**
 * authority_free:
 * @self: (transfer full): an authority
 */
void
authority_free (Authority *self)
{
  gnutls_x509_crt_deinit (self->certificate);
  gnutls_x509_privkey_deinit (self->key);
  g_free (self->file);
  g_free (self);
}

/**
 * authority_get_file:
 * @self: an authority
 *
 * Returns: (transfer none): where its certificate is
 */
const char *
authority_get_file (Authority *self)
{
  return self->file;
}

static void
set_host (gnutls_x509_crt_t crt, const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    gnutls_x509_crt_set_subject_alt_name (
        crt, GNUTLS_SAN_IPADDRESS, g_inet_address_to_bytes (address),
        (guint) g_inet_address_get_native_size (address), GNUTLS_FSAN_SET);
  else
    gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_DNSNAME, host, (guint) strlen (host),
                                          GNUTLS_FSAN_SET);
}

/**
 * authority_issue:
 * @self: (nullable): who signs; %NULL: the key itself
 * @folder: where the files go
 * @name: what the files and the subject are called
 * @host: the IP address or DNS name that it is for
 * @days: how long it is valid
 */
void
authority_issue (Authority *self, const char *folder, const char *name, const char *host, int days)
{
  gnutls_x509_privkey_t key = create_key ();
  gnutls_x509_crt_t crt = create_certificate (key, name, days);

  set_host (crt, host);
  g_assert_cmpint (gnutls_x509_crt_sign2 (crt, self != NULL ? self->certificate : crt,
                                          self != NULL ? self->key : key, GNUTLS_DIG_SHA256, 0),
                   ==, 0);
  write_certificate (folder, name, crt);
  write_key (folder, name, key);
  gnutls_x509_crt_deinit (crt);
  gnutls_x509_privkey_deinit (key);
}
