#include "config.h"

#include "bijou-authorities.h"
#include "bijou-http-private.h"

struct _BijouHttp
{
  GObject parent_instance;

  BijouHttpLoop *loop; /* (owned) */
  gint insecure;       /* atomic BijouInsecure */
};

G_DEFINE_FINAL_TYPE (BijouHttp, bijou_http, G_TYPE_OBJECT)

/* A request somebody waits for, blocked or through a task. */
typedef struct
{
  BijouHttpLoop *loop;         /* (owned) */
  BijouHttpExchange *exchange; /* (owned) */
  GCancellable *cancellable;   /* (owned) (nullable) */
  gulong cancelled_id;
  GTask *task; /* (owned) (nullable) NULL: blocked on `cond` */

  struct
  {
    GMutex lock;
    GCond cond;
    gboolean done;
    BijouHttpResponse *response; /* (owned) (nullable) */
    GError *error;               /* (owned) (nullable) */
  } shared;
} Call;

static void
on_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Call *call = user_data;

  bijou_http_loop_cancel (call->loop, call->exchange);
}

static Call *
call_new (BijouHttp *self, BijouHttpRequest *request, BijouHttpDoneFunc done, GCancellable *c)
{
  Call *call = g_new0 (Call, 1);

  call->loop = bijou_http_loop_ref (self->loop);
  call->exchange = bijou_http_exchange_new (request, NULL, done, call);
  call->cancellable = c == NULL ? NULL : g_object_ref (c);
  g_mutex_init (&call->shared.lock);
  g_cond_init (&call->shared.cond);
  if (c != NULL)
    call->cancelled_id = g_cancellable_connect (c, G_CALLBACK (on_cancelled_cb), call, NULL);
  return call;
}

static void
call_free (Call *call)
{
  if (call->cancellable != NULL)
    g_cancellable_disconnect (call->cancellable, call->cancelled_id);
  g_clear_object (&call->cancellable);
  bijou_http_exchange_unref (call->exchange);
  bijou_http_loop_unref (call->loop);
  g_clear_object (&call->task);
  g_mutex_clear (&call->shared.lock);
  g_cond_clear (&call->shared.cond);
  g_free (call);
}

static void
on_blocking_done_cb (BijouHttpResponse *response, const GError *error, gpointer user_data)
{
  Call *call = user_data;

  g_mutex_lock (&call->shared.lock);
  call->shared.done = TRUE;
  call->shared.response = response == NULL ? NULL : bijou_http_response_ref (response);
  call->shared.error = error == NULL ? NULL : g_error_copy (error);
  g_cond_signal (&call->shared.cond);
  g_mutex_unlock (&call->shared.lock);
}

static void
on_task_done_cb (BijouHttpResponse *response, const GError *error, gpointer user_data)
{
  Call *call = user_data;

  if (error != NULL)
    g_task_return_error (call->task, g_error_copy (error));
  else
    g_task_return_pointer (call->task, bijou_http_response_ref (response),
                           (GDestroyNotify) bijou_http_response_unref);
  call_free (call);
}

static void
bijou_http_finalize (GObject *object)
{
  BijouHttp *self = BIJOU_HTTP (object);

  bijou_http_loop_stop (self->loop);
  bijou_http_loop_unref (self->loop);

  G_OBJECT_CLASS (bijou_http_parent_class)->finalize (object);
}

static void
bijou_http_class_init (BijouHttpClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_http_finalize;
}

static void
bijou_http_init (BijouHttp *self)
{
}

/**
 * bijou_http_new:
 * @ca_file: (nullable): certificates to trust beside the system's; one that cannot be read is left
 *   out with a warning
 *
 * Starts the net thread.
 *
 * Returns: (transfer full): a client
 */
BijouHttp *
bijou_http_new (const char *ca_file)
{
  BijouHttp *self = g_object_new (BIJOU_TYPE_HTTP, NULL);
  g_autoptr (GError) error = NULL;

  self->loop = bijou_http_loop_new ();
  if (!bijou_http_set_ca_file (self, ca_file, &error))
    g_warning ("The certificates are not used: %s", error->message);
  return self;
}

/**
 * bijou_http_set_ca_file:
 * @self: a client
 * @ca_file: (nullable): certificates in PEM to trust beside the system's, %NULL for those alone
 * @error: return location
 *
 * Takes effect with the next connections. Blocks for a small file; any thread.
 *
 * Returns: %FALSE with %BIJOU_ERROR_USAGE when @ca_file holds no certificate; nothing has changed
 *   then
 */
gboolean
bijou_http_set_ca_file (BijouHttp *self, const char *ca_file, GError **error)
{
  g_autoptr (GBytes) authorities = NULL;

  g_return_val_if_fail (BIJOU_IS_HTTP (self), FALSE);

  if (ca_file != NULL)
    {
      authorities = bijou_authorities_load (ca_file, error);
      if (authorities == NULL)
        return FALSE;
    }
  bijou_http_loop_set_authorities (self->loop, authorities);
  return TRUE;
}

/**
 * bijou_http_get_loop:
 * @self: a client
 *
 * Returns: (transfer none): its thread
 */
BijouHttpLoop *
bijou_http_get_loop (BijouHttp *self)
{
  return self->loop;
}

/**
 * bijou_http_send:
 * @self: a client
 * @request: what to send, with an absolute URL
 * @cancellable: (nullable): gives up
 * @error: return location; transport errors of #BijouError only
 *
 * Sends @request and waits for the whole answer. Any thread but the net thread.
 *
 * Returns: (transfer full) (nullable): the answer, of any status
 */
BijouHttpResponse *
bijou_http_send (BijouHttp *self,
                 BijouHttpRequest *request,
                 GCancellable *cancellable,
                 GError **error)
{
  BijouHttpResponse *response;
  Call *call;

  g_return_val_if_fail (BIJOU_IS_HTTP (self), NULL);
  g_assert (!bijou_http_loop_is_current (self->loop));

  call = call_new (self, request, on_blocking_done_cb, cancellable);
  bijou_http_loop_submit (self->loop, call->exchange);

  g_mutex_lock (&call->shared.lock);
  while (!call->shared.done)
    g_cond_wait (&call->shared.cond, &call->shared.lock);
  g_mutex_unlock (&call->shared.lock);

  response = g_steal_pointer (&call->shared.response);
  if (response == NULL)
    g_propagate_error (error, g_steal_pointer (&call->shared.error));
  call_free (call);
  return response;
}

/**
 * bijou_http_send_async:
 * @self: a client
 * @request: what to send, with an absolute URL
 * @cancellable: (nullable): gives up
 * @callback: called in the caller's main context
 * @user_data: for @callback
 *
 * Sends @request. Any thread.
 */
void
bijou_http_send_async (BijouHttp *self,
                       BijouHttpRequest *request,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task;
  Call *call;

  g_return_if_fail (BIJOU_IS_HTTP (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, bijou_http_send_async);
  g_task_set_check_cancellable (task, FALSE);
  call = call_new (self, request, on_task_done_cb, cancellable);
  call->task = task;
  bijou_http_loop_submit (self->loop, call->exchange);
}

/**
 * bijou_http_send_finish:
 * @self: a client
 * @result: the result
 * @error: return location; transport errors of #BijouError only
 *
 * Returns: (transfer full) (nullable): the answer, of any status
 */
BijouHttpResponse *
bijou_http_send_finish (BijouHttp *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * bijou_http_forget_connections:
 * @self: a client
 *
 * After a change of network or a sleep the connections that are kept may lead nowhere: what is
 * begun from now on makes new ones. What runs goes on. Any thread.
 */
void
bijou_http_forget_connections (BijouHttp *self)
{
  g_return_if_fail (BIJOU_IS_HTTP (self));

  bijou_http_loop_forget_connections (self->loop);
}

/**
 * bijou_http_shutdown:
 * @self: a client
 *
 * Cancels all requests and ends the net thread; later requests fail as cancelled. Any thread but
 * the net thread.
 */
void
bijou_http_shutdown (BijouHttp *self)
{
  g_return_if_fail (BIJOU_IS_HTTP (self));

  bijou_http_loop_stop (self->loop);
}

/**
 * bijou_http_get_n_requests:
 * @self: a client
 *
 * Returns: how many requests were sent so far, for measurements. Any thread.
 */
guint
bijou_http_get_n_requests (BijouHttp *self)
{
  g_return_val_if_fail (BIJOU_IS_HTTP (self), 0);

  return bijou_http_loop_get_n_submitted (self->loop);
}

/**
 * bijou_http_get_quality:
 * @self: a client
 * @url: an absolute URL
 * @quality: (out): how the way to its origin is, by the traffic that there was
 *
 * Any thread.
 *
 * Returns: whether anything is known
 */
gboolean
bijou_http_get_quality (BijouHttp *self, const char *url, BijouQuality *quality)
{
  g_autofree char *origin = bijou_http_get_origin (url);

  g_return_val_if_fail (BIJOU_IS_HTTP (self), FALSE);

  return bijou_quality_book_get (bijou_http_loop_get_qualities (self->loop), origin, quality);
}

/**
 * bijou_http_set_need:
 * @self: a client
 * @url: where a film plays from
 * @bytes_per_second: what it needs, 0: it does not play any more
 *
 * A way on which less than that comes is a bad one. Any thread.
 */
void
bijou_http_set_need (BijouHttp *self, const char *url, gint64 bytes_per_second)
{
  g_autofree char *origin = bijou_http_get_origin (url);

  g_return_if_fail (BIJOU_IS_HTTP (self));

  bijou_quality_book_set_need (bijou_http_loop_get_qualities (self->loop), origin,
                               bytes_per_second);
}

/**
 * bijou_http_forget_qualities:
 * @self: a client
 *
 * Forgets what was learned of the network: it is another one now. Any thread.
 */
void
bijou_http_forget_qualities (BijouHttp *self)
{
  g_return_if_fail (BIJOU_IS_HTTP (self));

  bijou_quality_book_forget (bijou_http_loop_get_qualities (self->loop));
}

/**
 * bijou_http_set_insecure:
 * @self: a client
 * @insecure: where plain http may be used
 *
 * Holds for addresses that an account or the network names, from the next race on. Any thread.
 */
void
bijou_http_set_insecure (BijouHttp *self, BijouInsecure insecure)
{
  g_return_if_fail (BIJOU_IS_HTTP (self));

  g_atomic_int_set (&self->insecure, (gint) insecure);
}

/**
 * bijou_http_may_use:
 * @self: a client
 * @address: an address of a server
 *
 * What an account calls local is believed only of a host that is: a token would go there in the
 * clear. Any thread.
 *
 * Returns: whether @address may be used at all
 */
gboolean
bijou_http_may_use (BijouHttp *self, const BijouAddress *address)
{
  g_return_val_if_fail (BIJOU_IS_HTTP (self), FALSE);

  if (g_str_has_prefix (address->url, "https:") || address->pinned ||
      address->source == BIJOU_ADDRESS_FROM_USER)
    return TRUE;
  return g_atomic_int_get (&self->insecure) == BIJOU_INSECURE_LOCAL &&
         bijou_address_class_from_url (address->url) == BIJOU_ADDRESS_LAN;
}
