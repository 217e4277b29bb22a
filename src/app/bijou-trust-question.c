#include "config.h"

#include "bijou-trust-question.h"

#include <string.h>

/* As many addresses of one server as are looked at for the one that is meant. */
#define MAX_LOOKS 4

typedef struct
{
  char *url;       /* (owned) (nullable) */
  char *server_id; /* (owned) (nullable) */
  char *pin;       /* (owned) (nullable) */
} Request;

static void
request_free (Request *request)
{
  g_free (request->url);
  g_free (request->server_id);
  g_free (request->pin);
  g_free (request);
}

/**
 * bijou_trust_question_free:
 * @self: (transfer full): a question
 */
void
bijou_trust_question_free (BijouTrustQuestion *self)
{
  g_free (self->url);
  g_free (self->server_id);
  g_free (self->server_name);
  g_clear_pointer (&self->certificate, bijou_certificate_free);
  g_free (self);
}

static BijouServer *
find_server (BijouContext *context, const char *server_id)
{
  g_autoptr (GPtrArray) servers =
      bijou_store_list_servers (bijou_context_get_store (context), NULL);

  for (guint i = 0; server_id != NULL && servers != NULL && i < servers->len; i++)
    {
      BijouServer *server = g_ptr_array_index (servers, i);

      if (g_str_equal (server->id, server_id))
        return g_object_ref (server);
    }
  return NULL;
}

static BijouTrustQuestion *
create_question (const char *url, BijouServer *server, BijouCertificate *certificate)
{
  BijouTrustQuestion *question = g_new0 (BijouTrustQuestion, 1);

  question->url = g_strdup (url);
  question->certificate = certificate;
  if (server == NULL)
    return question;
  question->server_id = g_strdup (server->id);
  question->server_name = g_strdup (server->name);
  question->changed = server->pin != NULL && strstr (server->pin, certificate->pin) == NULL;
  return question;
}

static gboolean
is_trusted (BijouServer *server, const BijouCertificate *certificate)
{
  return certificate->problems == 0 ||
         (server->pin != NULL && strstr (server->pin, certificate->pin) != NULL);
}

/* What the user typed comes first: at the others an authority vouches for the server. */
static void
collect_urls (GPtrArray *urls, BijouServer *server, gboolean typed)
{
  for (guint i = 0; i < server->addresses->len && urls->len < MAX_LOOKS; i++)
    {
      const BijouAddress *address = g_ptr_array_index (server->addresses, i);

      if (!address->disabled && g_str_has_prefix (address->url, "https:") &&
          (address->source == BIJOU_ADDRESS_FROM_USER) == typed)
        g_ptr_array_add (urls, address->url);
    }
}

static BijouTrustQuestion *
search (BijouContext *context, BijouServer *server, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) urls = g_ptr_array_new ();
  g_autoptr (GError) last = NULL;

  collect_urls (urls, server, TRUE);
  collect_urls (urls, server, FALSE);
  for (guint i = 0; i < urls->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      g_autoptr (BijouCertificate) certificate = NULL;

      g_clear_error (&last);
      certificate = bijou_certificate_look (bijou_context_get_http (context), urls->pdata[i],
                                            cancellable, &last);
      if (certificate != NULL && !is_trusted (server, certificate))
        return create_question (urls->pdata[i], server, g_steal_pointer (&certificate));
    }
  if (last != NULL)
    g_propagate_error (error, g_steal_pointer (&last));
  else
    g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND,
                         "No address shows a certificate to ask about");
  return NULL;
}

static BijouTrustQuestion *
look (BijouContext *context,
      const char *url,
      BijouServer *server,
      GCancellable *cancellable,
      GError **error)
{
  BijouCertificate *certificate =
      bijou_certificate_look (bijou_context_get_http (context), url, cancellable, error);

  return certificate == NULL ? NULL : create_question (url, server, certificate);
}

static void
make_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Request *request = task_data;
  g_autoptr (BijouServer) server = find_server (source, request->server_id);
  BijouTrustQuestion *question = NULL;
  GError *error = NULL;

  if (request->url != NULL)
    question = look (source, request->url, server, cancellable, &error);
  else if (server != NULL)
    question = search (source, server, cancellable, &error);
  else
    g_set_error_literal (&error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "The server is not known");

  if (question != NULL)
    g_task_return_pointer (task, question, (GDestroyNotify) bijou_trust_question_free);
  else
    g_task_return_error (task, error);
}

/**
 * bijou_trust_question_make_async:
 * @context: the context
 * @url: (nullable): where the certificate is; %NULL: at the first address of @server_id whose
 *   certificate is not trusted
 * @server_id: (nullable): a server that is known
 * @cancellable: (nullable): gives up
 * @callback: runs when it is known what is to be asked
 * @user_data: for @callback
 *
 * Nothing is sent to the host but the beginning of a handshake. Main thread.
 */
void
bijou_trust_question_make_async (BijouContext *context,
                                 const char *url,
                                 const char *server_id,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (context, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->url = g_strdup (url);
  request->server_id = g_strdup (server_id);
  g_task_set_source_tag (task, bijou_trust_question_make_async);
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);
  bijou_context_run_async (context, task, make_in_worker);
}

/**
 * bijou_trust_question_make_finish:
 * @result: a result
 * @error: return location
 *
 * Returns: (transfer full) (nullable): what to ask; %BIJOU_ERROR_NOT_FOUND when there is nothing to
 *   be asked, a transport error when the host does not answer
 */
BijouTrustQuestion *
bijou_trust_question_make_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
accept_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Request *request = task_data;
  g_autoptr (BijouTrust) trust = bijou_trust_new (request->pin, NULL);
  GError *error = NULL;

  if (bijou_context_add_server_trust (source, request->server_id, trust, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * bijou_trust_question_accept_async:
 * @context: the context
 * @server_id: a server that is known
 * @pin: the public key that the user trusts from now on
 * @callback: runs when it is kept
 * @user_data: for @callback
 *
 * The server's connection uses it at once. Main thread.
 */
void
bijou_trust_question_accept_async (BijouContext *context,
                                   const char *server_id,
                                   const char *pin,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (context, NULL, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->server_id = g_strdup (server_id);
  request->pin = g_strdup (pin);
  g_task_set_source_tag (task, bijou_trust_question_accept_async);
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);
  bijou_context_run_async (context, task, accept_in_worker);
}

/**
 * bijou_trust_question_accept_finish:
 * @result: a result
 * @error: return location
 *
 * Returns: whether it is kept
 */
gboolean
bijou_trust_question_accept_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
