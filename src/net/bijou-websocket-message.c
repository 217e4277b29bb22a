#include "config.h"

#include "bijou-websocket-message.h"

#include "bijou-certificate.h"
#include "bijou-http-private.h"
#include "bijou-spelled-host.h"

#include <string.h>

/* --- hosts that spell their address --- */

/* A network address whose name TLS verifies, and which is never looked up. */
#define BIJOU_TYPE_SPELLED_ADDRESS (bijou_spelled_address_get_type ())
G_DECLARE_FINAL_TYPE (
    BijouSpelledAddress, bijou_spelled_address, BIJOU, SPELLED_ADDRESS, GNetworkAddress)

struct _BijouSpelledAddress
{
  GNetworkAddress parent_instance;

  GSocketAddress *address; /* (owned) */
};

static void bijou_spelled_address_iface_init (GSocketConnectableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BijouSpelledAddress,
                               bijou_spelled_address,
                               G_TYPE_NETWORK_ADDRESS,
                               G_IMPLEMENT_INTERFACE (G_TYPE_SOCKET_CONNECTABLE,
                                                      bijou_spelled_address_iface_init))

static GSocketAddressEnumerator *
bijou_spelled_address_enumerate (GSocketConnectable *connectable)
{
  return g_socket_connectable_enumerate (
      G_SOCKET_CONNECTABLE (BIJOU_SPELLED_ADDRESS (connectable)->address));
}

static void
bijou_spelled_address_iface_init (GSocketConnectableIface *iface)
{
  iface->enumerate = bijou_spelled_address_enumerate;
  iface->proxy_enumerate = bijou_spelled_address_enumerate;
}

static void
bijou_spelled_address_finalize (GObject *object)
{
  g_object_unref (BIJOU_SPELLED_ADDRESS (object)->address);

  G_OBJECT_CLASS (bijou_spelled_address_parent_class)->finalize (object);
}

static void
bijou_spelled_address_class_init (BijouSpelledAddressClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_spelled_address_finalize;
}

static void
bijou_spelled_address_init (BijouSpelledAddress *self)
{
}

static GSocketConnectable *
create_spelled_address (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  g_autofree char *address =
      uri != NULL ? bijou_spelled_host_get_address (g_uri_get_host (uri)) : NULL;
  BijouSpelledAddress *self;

  if (address == NULL)
    return NULL;
  self = g_object_new (BIJOU_TYPE_SPELLED_ADDRESS, "hostname", g_uri_get_host (uri), "port",
                       g_uri_get_port (uri), NULL);
  self->address = g_inet_socket_address_new_from_string (address, (guint) g_uri_get_port (uri));
  return G_SOCKET_CONNECTABLE (self);
}

/**
 * bijou_websocket_create_session:
 * @request: an absolute request
 *
 * A session of its own for one socket: no sign-in dialogues, no compression, which a hostile server
 * could make much of little with.
 *
 * Returns: (transfer full): a session of the calling thread
 */
SoupSession *
bijou_websocket_create_session (BijouHttpRequest *request)
{
  g_autoptr (GSocketConnectable) spelled = create_spelled_address (request->url);
  SoupSession *session = soup_session_new_with_options ("user-agent", "Bijou/" PACKAGE_VERSION,
                                                        "remote-connectable", spelled, NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
  return session;
}

/* --- trust --- */

typedef struct
{
  BijouHttp *http;           /* (owned) */
  BijouHttpRequest *request; /* (owned) */
} Judge;

static void
judge_free (gpointer data, GClosure *closure)
{
  Judge *judge = data;

  g_object_unref (judge->http);
  bijou_http_request_unref (judge->request);
  g_free (judge);
}

static char *
dup_chain (GTlsCertificate *peer)
{
  GString *chain = g_string_new (NULL);

  for (GTlsCertificate *one = peer; one != NULL; one = g_tls_certificate_get_issuer (one))
    {
      g_autofree char *pem = NULL;

      g_object_get (one, "certificate-pem", &pem, NULL);
      g_string_append (chain, pem != NULL ? pem : "");
    }
  return g_string_free (chain, FALSE);
}

/* Asked when the system does not vouch for it. The same rule as for all other requests: the
 * authorities of --ca-file, or a public key that the user trusts. */
static gboolean
on_accept_certificate_cb (SoupMessage *message,
                          GTlsCertificate *peer,
                          GTlsCertificateFlags errors,
                          Judge *judge)
{
  g_autofree char *chain = dup_chain (peer);
  g_autoptr (BijouCertificate) certificate = bijou_certificate_read (
      judge->http, chain, g_uri_get_host (soup_message_get_uri (message)), NULL);

  if (certificate == NULL)
    return FALSE;
  return certificate->problems == 0 ||
         bijou_trust_has_pin (judge->request->trust, certificate->pin);
}

/* --- the message --- */

static void
append_headers (SoupMessage *message, BijouHttpRequest *request)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  for (guint i = 0; i < request->names->len; i++)
    soup_message_headers_append (headers, request->names->pdata[i], request->values->pdata[i]);
  for (guint i = 0; i < bijou_trust_get_n_headers (request->trust); i++)
    {
      const char *value;
      const char *name = bijou_trust_get_header (request->trust, i, &value);

      if (!bijou_http_request_has_header (request, name))
        soup_message_headers_append (headers, name, value);
    }
}

/* http → ws, https → wss */
static char *
make_url (const char *url)
{
  return g_str_has_prefix (url, "http") ? g_strconcat ("ws", url + strlen ("http"), NULL)
                                        : g_strdup (url);
}

/**
 * bijou_websocket_create_message:
 * @http: the client, for the authorities it knows
 * @request: an absolute request with what is trusted at its URL
 *
 * Returns: (transfer full) (nullable): the message of a handshake, %NULL for a URL that is none
 */
SoupMessage *
bijou_websocket_create_message (BijouHttp *http, BijouHttpRequest *request)
{
  g_autofree char *url = make_url (request->url);
  SoupMessage *message = soup_message_new ("GET", url);
  Judge *judge;

  if (message == NULL)
    return NULL;
  append_headers (message, request);
  /* A redirect must not carry the token to another place. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  judge = g_new0 (Judge, 1);
  judge->http = g_object_ref (http);
  judge->request = bijou_http_request_ref (request);
  g_signal_connect_data (message, "accept-certificate", G_CALLBACK (on_accept_certificate_cb),
                         judge, judge_free, 0);
  return message;
}

/**
 * bijou_websocket_create_error:
 * @message: a handshake that failed
 * @error: how
 *
 * Returns: (transfer full): a transport error, or by its status what the server has against it;
 *   %BIJOU_ERROR_PROTOCOL for something in between that takes no websockets
 */
GError *
bijou_websocket_create_error (SoupMessage *message, const GError *error)
{
  guint status = soup_message_get_status (message);
  BijouError code = BIJOU_ERROR_OFFLINE;

  if (status >= 100)
    return g_error_new (BIJOU_ERROR, bijou_http_get_error_code (status),
                        "The websocket was refused with %u", status);
  if (error->domain == BIJOU_ERROR)
    return g_error_copy (error);
  if (error->domain == G_TLS_ERROR)
    code = BIJOU_ERROR_TLS;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    code = BIJOU_ERROR_TIMEOUT;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    code = BIJOU_ERROR_CANCELLED;
  return g_error_new_literal (BIJOU_ERROR, code, error->message);
}
