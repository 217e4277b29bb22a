#define _GNU_SOURCE /* memfd_create */

#include "config.h"

#include "bijou-authorities.h"

#include "bijou-error.h"

#include <curl/curl.h>
#include <gnutls/x509.h>
#include <sys/mman.h>
#include <unistd.h>

/* Far more than any bundle of a system. */
#define MAX_FILE (16u * 1024u * 1024u)

static gboolean
has_certificate (const char *text, gsize length)
{
  gnutls_datum_t data = { (guchar *) text, (guint) length };
  gnutls_x509_crt_t *list = NULL;
  guint n_list = 0;

  if (gnutls_x509_crt_list_import2 (&list, &n_list, &data, GNUTLS_X509_FMT_PEM, 0) < 0)
    return FALSE;
  for (guint i = 0; i < n_list; i++)
    gnutls_x509_crt_deinit (list[i]);
  gnutls_free (list);
  return n_list > 0;
}

static void
append_system (GByteArray *bundle)
{
  const char *file = curl_version_info (CURLVERSION_NOW)->cainfo;
  g_autofree char *text = NULL;
  gsize length;

  if (file == NULL || !g_file_get_contents (file, &text, &length, NULL))
    return;
  g_byte_array_append (bundle, (const guint8 *) text, (guint) length);
  g_byte_array_append (bundle, (const guint8 *) "\n", 1);
}

/**
 * bijou_authorities_load:
 * @file: a file with certificates in PEM
 * @error: return location
 *
 * Reads them and puts curl's own bundle in front, since curl takes one or the other. A folder of
 * certificates that the system has is looked into by curl in any case.
 *
 * Returns: (transfer full) (nullable): all of them in PEM; %BIJOU_ERROR_USAGE when there is no
 *   certificate in @file
 */
GBytes *
bijou_authorities_load (const char *file, GError **error)
{
  g_autoptr (GByteArray) bundle = g_byte_array_new ();
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (file, &text, &length, &local))
    {
      g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_USAGE, local->message);
      return NULL;
    }
  if (length > MAX_FILE || !has_certificate (text, length))
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_USAGE, "There is no certificate in %s", file);
      return NULL;
    }

  append_system (bundle);
  g_byte_array_append (bundle, (const guint8 *) text, (guint) length);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bundle));
}

/**
 * bijou_authorities_make_file:
 * @authorities: certificates in PEM
 *
 * Puts them into a file that is in no folder, for curl: what it reads from a file it keeps for all
 * connections, what it is given in memory it reads again for each.
 *
 * Returns: its descriptor, or -1
 */
int
bijou_authorities_make_file (GBytes *authorities)
{
  int fd = memfd_create ("bijou-authorities", MFD_CLOEXEC);
  gsize length;
  const char *data = g_bytes_get_data (authorities, &length);

  while (fd >= 0 && length > 0)
    {
      gssize put = write (fd, data, length);

      if (put <= 0)
        {
          close (fd);
          return -1;
        }
      data += put;
      length -= (gsize) put;
    }
  return fd;
}
