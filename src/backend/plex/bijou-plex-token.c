#include "config.h"

#include "bijou-plex-backend-private.h"

#include <string.h>

/* The token of a backend: every request takes the one that is good now, and one that the server
 * refuses is asked for anew at the account, once. */

#define TOKEN_HEADER "X-Plex-Token"
#define WAIT_SLICE_MS 50
/* An account that could not be asked may be asked again about the same token. */
#define ASK_AGAIN_US (60 * G_USEC_PER_SEC)

/**
 * bijou_plex_token_clear:
 * @self: what is freed
 */
void
bijou_plex_token_clear (BijouPlexToken *self)
{
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_free (self->shared.text);
  g_free (self->shared.hopeless);
  g_mutex_clear (&self->shared.lock);
  g_cond_clear (&self->shared.asked);
}

/**
 * bijou_plex_token_init:
 * @self: filled
 * @text: (nullable): the token
 */
void
bijou_plex_token_init (BijouPlexToken *self, const char *text)
{
  g_mutex_init (&self->shared.lock);
  g_cond_init (&self->shared.asked);
  self->shared.text = g_strdup (text);
}

/**
 * bijou_plex_backend_dup_token:
 * @self: a backend
 *
 * Returns: (transfer full) (nullable): the token that is good now. Any thread.
 */
char *
bijou_plex_backend_dup_token (BijouPlexBackend *self)
{
  char *text;

  g_mutex_lock (&self->token.shared.lock);
  text = g_strdup (self->token.shared.text);
  g_mutex_unlock (&self->token.shared.lock);
  return text;
}

void
bijou_plex_backend_set_token (BijouBackend *backend, const char *token)
{
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (backend);

  g_mutex_lock (&self->token.shared.lock);
  g_free (self->token.shared.text);
  self->token.shared.text = g_strdup (token);
  g_clear_pointer (&self->token.shared.hopeless, g_free);
  g_mutex_unlock (&self->token.shared.lock);
  bijou_connection_set_authorised (self->connection, TRUE);
}

void
bijou_plex_backend_set_token_func (BijouBackend *backend,
                                   BijouTokenFunc func,
                                   gpointer user_data,
                                   GDestroyNotify destroy)
{
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (backend);

  self->token.func = func;
  self->token.user_data = user_data;
  self->token.destroy = destroy;
}

/* With the lock held: whether the account is to be asked about @refused. */
static gboolean
may_ask (BijouPlexToken *token, const char *refused)
{
  if (token->func == NULL || g_strcmp0 (token->shared.text, refused) != 0)
    return FALSE;
  return g_strcmp0 (token->shared.hopeless, refused) != 0 ||
         (token->shared.ask_again_at != 0 && g_get_monotonic_time () >= token->shared.ask_again_at);
}

/* With the lock held, which it lets go meanwhile. */
static void
ask (BijouPlexBackend *self, const char *refused, GCancellable *cancellable)
{
  BijouPlexToken *token = &self->token;
  g_autoptr (GError) error = NULL;
  g_autofree char *fresh = NULL;

  token->shared.asking = TRUE;
  g_mutex_unlock (&token->shared.lock);
  fresh = token->func (BIJOU_BACKEND (self), refused, token->user_data, cancellable, &error);
  if (error != NULL)
    g_info ("The account has no other token: %s", error->message);
  if (fresh != NULL && strcmp (fresh, refused) != 0)
    bijou_plex_backend_set_token (BIJOU_BACKEND (self), fresh);

  g_mutex_lock (&token->shared.lock);
  token->shared.asking = FALSE;
  g_cond_broadcast (&token->shared.asked);
  if (g_strcmp0 (token->shared.text, refused) != 0 || bijou_error_is_cancelled (error))
    return;
  g_free (token->shared.hopeless);
  token->shared.hopeless = g_strdup (refused);
  token->shared.ask_again_at =
      error != NULL && !g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED)
          ? g_get_monotonic_time () + ASK_AGAIN_US
          : 0;
}

/* Many requests are refused at once, and one of them asks for all. */
static char *
find_fresh_token (BijouPlexBackend *self, const char *refused, GCancellable *cancellable)
{
  BijouPlexToken *token = &self->token;
  char *fresh = NULL;

  g_mutex_lock (&token->shared.lock);
  while (token->shared.asking && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait_until (&token->shared.asked, &token->shared.lock,
                       g_get_monotonic_time () + WAIT_SLICE_MS * G_TIME_SPAN_MILLISECOND);
  if (!token->shared.asking && may_ask (token, refused))
    ask (self, refused, cancellable);
  if (g_strcmp0 (token->shared.text, refused) != 0)
    fresh = g_strdup (token->shared.text);
  g_mutex_unlock (&token->shared.lock);
  return fresh;
}

static gboolean
is_refused (BijouHttpResponse *response)
{
  return response != NULL && bijou_http_response_get_status (response) == 401;
}

static gboolean
may_send_again (BijouHttpRequest *request)
{
  const char *method = bijou_http_request_get_method (request);

  return g_str_equal (method, "GET") || g_str_equal (method, "HEAD") || g_str_equal (method, "PUT");
}

/**
 * bijou_plex_backend_send:
 * @self: a backend
 * @request: a request of this backend
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * Like bijou_connection_send(). When the server refuses the token, the account is asked for the one
 * that is good now, once, and what may be sent twice is sent again with it. With no better one the
 * connection is unauthorised.
 *
 * Returns: (transfer full) (nullable): the answer, whatever its status
 */
BijouHttpResponse *
bijou_plex_backend_send (BijouPlexBackend *self,
                         BijouHttpRequest *request,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (BijouHttpResponse) response =
      bijou_connection_send (self->connection, request, cancellable, error);
  g_autofree char *refused = g_strdup (bijou_http_request_get_header (request, TOKEN_HEADER));
  g_autofree char *fresh = NULL;

  if (response != NULL)
    bijou_server_clock_note (&self->clock, response);
  if (!is_refused (response) || refused == NULL)
    return g_steal_pointer (&response);

  fresh = find_fresh_token (self, refused, cancellable);
  if (fresh != NULL && may_send_again (request))
    {
      bijou_http_request_set_header (request, TOKEN_HEADER, fresh);
      g_clear_pointer (&response, bijou_http_response_unref);
      response = bijou_connection_send (self->connection, request, cancellable, error);
    }
  if (is_refused (response) && (fresh == NULL || may_send_again (request)) &&
      !g_cancellable_is_cancelled (cancellable))
    bijou_connection_set_authorised (self->connection, FALSE);
  return g_steal_pointer (&response);
}
