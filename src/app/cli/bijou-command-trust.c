#include "config.h"

#include "bijou-certificate.h"
#include "bijou-command.h"
#include "bijou-context-private.h"

#include <glib/gi18n.h>

/**
 * bijou_command_dup_trust:
 * @self: `--add-server`
 * @base_url: the address
 *
 * Returns: (transfer full) (nullable): what `--pin` and `--header` say; with neither, what is
 *   trusted already at the server that has this address
 */
BijouTrust *
bijou_command_dup_trust (BijouCommand *self, const char *base_url)
{
  BijouTrustKeeper *keeper =
      bijou_backends_get_trust_keeper (bijou_context_get_backends (self->context));
  g_autofree char *headers =
      self->line->headers != NULL ? g_strjoinv ("\n", self->line->headers) : NULL;

  if (self->line->pin != NULL || headers != NULL)
    return bijou_trust_new (self->line->pin, headers);
  return bijou_trust_keeper_dup_for_address (keeper, base_url);
}

/**
 * bijou_command_explain_untrusted:
 * @self: `--add-server`
 * @base_url: the address whose certificate is not trusted
 * @error: (inout): the failure; gets the pin of the certificate at its end
 *
 * A script may compare it with what it expects, and call again with `--pin`.
 */
void
bijou_command_explain_untrusted (BijouCommand *self, const char *base_url, GError **error)
{
  g_autoptr (BijouCertificate) certificate = bijou_certificate_look (
      bijou_context_get_http (self->context), base_url, self->cancellable, NULL);
  char *message;

  if (certificate == NULL || error == NULL || *error == NULL)
    return;
  /* Translators: what went wrong, an address, and the hash of a public key */
  message = g_strdup_printf (_ ("%s; %s shows the certificate %s"), (*error)->message, base_url,
                             certificate->pin);
  g_free ((*error)->message);
  (*error)->message = message;
}
