#include "config.h"

#include "bijou-server-status.h"

#include <glib/gi18n.h>

static BijouServerMood
get_mood (const char *url, const GError *error)
{
  if (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING))
    return BIJOU_SERVER_STARTING;
  if (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_TLS))
    return BIJOU_SERVER_UNTRUSTED;
  if (error != NULL)
    return BIJOU_SERVER_OFFLINE;
  return url != NULL ? BIJOU_SERVER_CONNECTED : BIJOU_SERVER_CONNECTING;
}

/**
 * bijou_server_status_read:
 * @self: (out): filled
 * @context: the context
 * @id: a server
 */
void
bijou_server_status_read (BijouServerStatus *self, BijouContext *context, const char *id)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (context, id);
  BijouConnectionState state = bijou_context_get_server_state (context, id);
  g_autofree char *url = NULL;
  g_autoptr (GError) error = NULL;

  if (backend != NULL)
    {
      url = bijou_connection_dup_current_url (bijou_backend_get_connection (backend));
      error = bijou_connection_dup_error (bijou_backend_get_connection (backend));
    }
  self->mood =
      state == BIJOU_CONNECTION_UNAUTHORISED ? BIJOU_SERVER_SIGN_IN : get_mood (url, error);
  self->address_class = bijou_context_get_server_class (context, id);
  self->busy = state == BIJOU_CONNECTION_RACING;
}

/**
 * bijou_server_status_is_away:
 * @self: a status
 *
 * Returns: whether nothing can be got from the server for now
 */
gboolean
bijou_server_status_is_away (const BijouServerStatus *self)
{
  return self->mood == BIJOU_SERVER_OFFLINE || self->mood == BIJOU_SERVER_STARTING ||
         self->mood == BIJOU_SERVER_UNTRUSTED;
}

/**
 * bijou_address_class_get_word:
 * @address_class: a class
 *
 * Returns: (transfer none): a word for people
 */
const char *
bijou_address_class_get_word (BijouAddressClass address_class)
{
  switch (address_class)
    {
    case BIJOU_ADDRESS_LAN:
      return _ ("LAN");
    case BIJOU_ADDRESS_RELAY:
      return _ ("Relay");
    case BIJOU_ADDRESS_DIRECT:
    default:
      return _ ("Direct");
    }
}

/**
 * bijou_server_status_get_word:
 * @self: a status
 *
 * Returns: (transfer none): a word or two beside the server's name, "" while nothing is known
 */
const char *
bijou_server_status_get_word (const BijouServerStatus *self)
{
  switch (self->mood)
    {
    case BIJOU_SERVER_CONNECTED:
      return bijou_address_class_get_word (self->address_class);
    case BIJOU_SERVER_OFFLINE:
      return _ ("Offline");
    case BIJOU_SERVER_STARTING:
      return _ ("Starting");
    case BIJOU_SERVER_SIGN_IN:
      return _ ("Sign In");
    case BIJOU_SERVER_UNTRUSTED:
      return _ ("Not Trusted");
    case BIJOU_SERVER_CONNECTING:
    default:
      return "";
    }
}

static const char *
get_connected_sentence (BijouAddressClass address_class)
{
  switch (address_class)
    {
    case BIJOU_ADDRESS_LAN:
      return _ ("Connected over LAN");
    case BIJOU_ADDRESS_RELAY:
      return _ ("Connected through a relay");
    case BIJOU_ADDRESS_DIRECT:
    default:
      return _ ("Connected directly");
    }
}

/**
 * bijou_server_status_get_sentence:
 * @self: a status
 *
 * Returns: (transfer none): the same in a few more words
 */
const char *
bijou_server_status_get_sentence (const BijouServerStatus *self)
{
  switch (self->mood)
    {
    case BIJOU_SERVER_CONNECTED:
      return get_connected_sentence (self->address_class);
    case BIJOU_SERVER_OFFLINE:
      return self->busy ? _ ("Offline, trying again…") : _ ("Offline");
    case BIJOU_SERVER_STARTING:
      return _ ("The server is starting");
    case BIJOU_SERVER_SIGN_IN:
      return _ ("Not signed in any more");
    case BIJOU_SERVER_UNTRUSTED:
      return _ ("Its certificate is not trusted");
    case BIJOU_SERVER_CONNECTING:
    default:
      return _ ("Connecting…");
    }
}

/**
 * bijou_server_status_get_dot:
 * @self: a status
 *
 * Returns: (transfer none): the style class of the dot: `ok`, `warn` or `off`
 */
const char *
bijou_server_status_get_dot (const BijouServerStatus *self)
{
  switch (self->mood)
    {
    case BIJOU_SERVER_CONNECTED:
      return self->address_class == BIJOU_ADDRESS_RELAY ? "warn" : "ok";
    case BIJOU_SERVER_STARTING:
    case BIJOU_SERVER_SIGN_IN:
    case BIJOU_SERVER_UNTRUSTED:
      return "warn";
    case BIJOU_SERVER_OFFLINE:
    case BIJOU_SERVER_CONNECTING:
    default:
      return "off";
    }
}
