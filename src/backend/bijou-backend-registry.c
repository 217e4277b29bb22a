#include "config.h"

#include "bijou-backend-type.h"

#include "bijou-url.h"

#include <string.h>

/**
 * bijou_backend_type_list:
 * @n_types: (out): how many there are
 *
 * Returns: (transfer none): every protocol. Any thread.
 */
const BijouBackendType *const *
bijou_backend_type_list (guint *n_types)
{
  static const BijouBackendType *types[2];
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      types[0] = bijou_plex_get_type_info ();
      types[1] = bijou_jellyfin_get_type_info ();
      g_once_init_leave (&once, 1);
    }
  *n_types = G_N_ELEMENTS (types);
  return types;
}

/**
 * bijou_backend_type_find:
 * @id: (nullable): `plex` or `jellyfin`
 *
 * Returns: (transfer none) (nullable): the protocol. Any thread.
 */
const BijouBackendType *
bijou_backend_type_find (const char *id)
{
  guint n_types;
  const BijouBackendType *const *types = bijou_backend_type_list (&n_types);

  for (guint i = 0; i < n_types; i++)
    if (g_strcmp0 (types[i]->id, id) == 0)
      return types[i];
  return NULL;
}

/* A redirect leads to a redirect at most: to https, then to a base path. */
#define MAX_ROUNDS 3

/* One protocol asked at one base URL. */
typedef struct
{
  const BijouBackendType *type;
  char *base_url;              /* (owned) */
  BijouHttpResponse *response; /* (owned) (nullable) */
  BijouIdentity identity;      /* set when `found` */
  GError *error;               /* (owned) (nullable) */
  gboolean found;
} Question;

/* All that is asked, in order of preference. */
typedef struct
{
  BijouHttp *http;           /* (unowned) outlives the call */
  const char *typed;         /* (unowned) the base URL that the user typed */
  BijouTrust *trust;         /* (nullable) (unowned) */
  GCancellable *cancellable; /* (nullable) (unowned) */
  GPtrArray *questions;      /* (owned) of Question */
  guint asked;               /* how many of them were asked */
  guint pending;
} Enquiry;

static void
question_free (gpointer data)
{
  Question *self = data;

  bijou_identity_clear (&self->identity);
  g_clear_pointer (&self->response, bijou_http_response_unref);
  g_clear_error (&self->error);
  g_free (self->base_url);
  g_free (self);
}

static gboolean
has_question (Enquiry *enquiry, const BijouBackendType *type, const char *base_url)
{
  for (guint i = 0; i < enquiry->questions->len; i++)
    {
      Question *question = g_ptr_array_index (enquiry->questions, i);

      if (question->type == type && g_str_equal (question->base_url, base_url))
        return TRUE;
    }
  return FALSE;
}

static void
add_question (Enquiry *enquiry, const BijouBackendType *type, const char *base_url)
{
  Question *question;

  if (has_question (enquiry, type, base_url))
    return;

  question = g_new0 (Question, 1);
  question->type = type;
  question->base_url = g_strdup (base_url);
  g_ptr_array_add (enquiry->questions, question);
}

static void
add_all_types (Enquiry *enquiry, const char *base_url)
{
  guint n_types;
  const BijouBackendType *const *types = bijou_backend_type_list (&n_types);

  for (guint i = 0; i < n_types; i++)
    add_question (enquiry, types[i], base_url);
}

static gboolean
is_redirect (BijouHttpResponse *response)
{
  guint status = bijou_http_response_get_status (response);

  return status >= 300 && status < 400 && status != 304;
}

static void
judge_answer (Question *question)
{
  if (is_redirect (question->response) ||
      !bijou_http_response_check (question->response, &question->error))
    return;
  question->found =
      question->type->probe.parse (question->response, &question->identity, &question->error);
}

typedef struct
{
  Enquiry *enquiry;
  Question *question;
} Asked;

static void
on_answer_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  Question *question = asked->question;

  question->response = bijou_http_send_finish (BIJOU_HTTP (source), result, &question->error);
  if (question->response != NULL)
    judge_answer (question);
  asked->enquiry->pending--;
}

static char *
get_host (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_PARSE_RELAXED, NULL);

  return uri != NULL ? g_strdup (g_uri_get_host (uri)) : NULL;
}

/* The secret of a proxy is for the host that was typed, not for where that sends us. */
static BijouTrust *
get_trust (Enquiry *enquiry, const char *url)
{
  g_autofree char *typed = get_host (enquiry->typed);
  g_autofree char *host = get_host (url);

  if (enquiry->trust == NULL)
    return NULL;
  if (typed != NULL && host != NULL && g_ascii_strcasecmp (typed, host) == 0)
    return bijou_trust_ref (enquiry->trust);
  return bijou_trust_with_headers (enquiry->trust, NULL);
}

static void
ask (Enquiry *enquiry, Question *question)
{
  g_autofree char *url = bijou_url_join (question->base_url, question->type->probe.path);
  g_autoptr (BijouHttpRequest) request = bijou_http_request_new ("GET", url, BIJOU_HTTP_PROBE);
  g_autoptr (BijouTrust) trust = get_trust (enquiry, url);
  Asked *asked = g_new0 (Asked, 1);

  asked->enquiry = enquiry;
  asked->question = question;
  if (question->type->probe.accept != NULL)
    bijou_http_request_set_header (request, "Accept", question->type->probe.accept);
  bijou_http_request_set_trust (request, trust);
  enquiry->pending++;
  bijou_http_send_async (enquiry->http, request, enquiry->cancellable, on_answer_cb, asked);
}

/* Asks what was not asked yet, all at once. Each question has the short deadline of a probe, so
 * that the whole round has it too. */
static Question *
run_round (Enquiry *enquiry)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  guint first = enquiry->asked;

  g_main_context_push_thread_default (context);
  for (; enquiry->asked < enquiry->questions->len; enquiry->asked++)
    ask (enquiry, g_ptr_array_index (enquiry->questions, enquiry->asked));
  while (enquiry->pending > 0)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);

  for (guint i = first; i < enquiry->asked; i++)
    {
      Question *question = g_ptr_array_index (enquiry->questions, i);

      if (question->found)
        return question;
    }
  return NULL;
}

/* Where a redirect leads: to the same question elsewhere (https, another name), or, from a Jellyfin
 * with a base path, to BASE/web/. Probes do not follow it, so the new base is learned here. */
static char *
find_new_base (Question *question)
{
  const char *location = bijou_http_response_get_header (question->response, "Location");
  const char *url = bijou_http_response_get_url (question->response);
  g_autofree char *target = location != NULL ? bijou_url_resolve (url, location) : NULL;

  if (target == NULL)
    return NULL;
  if (g_str_has_suffix (target, question->type->probe.path))
    target[strlen (target) - strlen (question->type->probe.path)] = '\0';
  return bijou_address_normalise_url (target);
}

static void
add_redirected (Enquiry *enquiry, guint first)
{
  guint n_before = enquiry->questions->len;

  for (guint i = first; i < n_before; i++)
    {
      Question *question = g_ptr_array_index (enquiry->questions, i);
      g_autofree char *base = question->response != NULL && is_redirect (question->response)
                                  ? find_new_base (question)
                                  : NULL;

      if (base != NULL)
        add_all_types (enquiry, base);
    }
}

static gboolean
has_answer (Enquiry *enquiry)
{
  for (guint i = 0; i < enquiry->questions->len; i++)
    {
      Question *question = g_ptr_array_index (enquiry->questions, i);

      if (question->response != NULL)
        return TRUE;
    }
  return FALSE;
}

static char *
make_url (GUri *uri, const char *scheme, int port)
{
  return g_uri_join (G_URI_FLAGS_NONE, scheme, NULL, g_uri_get_host (uri), port,
                     g_uri_get_path (uri), NULL, NULL);
}

/* Where a server may be when it is not where the user says: below a usual path, and, when no port
 * was typed, at the usual ports and behind https. */
static void
add_guesses (Enquiry *enquiry, const char *base_url)
{
  g_autoptr (GUri) uri = g_uri_parse (base_url, G_URI_FLAGS_NONE, NULL);
  guint n_types;
  const BijouBackendType *const *types = bijou_backend_type_list (&n_types);

  if (has_answer (enquiry))
    {
      g_autofree char *below = bijou_url_join (base_url, "/jellyfin");

      add_question (enquiry, bijou_backend_type_find ("jellyfin"), below);
    }
  if (uri == NULL || g_uri_get_port (uri) != -1)
    return;
  for (guint i = 0; i < n_types; i++)
    {
      g_autofree char *url = make_url (uri, g_uri_get_scheme (uri), types[i]->default_port);

      add_question (enquiry, types[i], url);
    }
  if (g_strcmp0 (g_uri_get_scheme (uri), "http") == 0)
    {
      g_autofree char *url = make_url (uri, "https", -1);

      add_all_types (enquiry, url);
    }
}

static Question *
find_failed (Enquiry *enquiry, int code)
{
  for (guint i = 0; i < enquiry->questions->len; i++)
    {
      Question *question = g_ptr_array_index (enquiry->questions, i);

      if (code < 0 ? question->error != NULL : g_error_matches (question->error, BIJOU_ERROR, code))
        return question;
    }
  return NULL;
}

/* What helps most: a server that starts, a certificate to look at, a proxy that wants to know more;
 * else a machine that answers but
 * is no media server is told from one that does not answer. */
static void
set_best_error (Enquiry *enquiry, char **found_url, GError **error)
{
  static const int telling[] = { BIJOU_ERROR_CANCELLED, BIJOU_ERROR_SERVER_STARTING,
                                 BIJOU_ERROR_TLS, BIJOU_ERROR_FORBIDDEN };
  Question *best = NULL;

  for (guint i = 0; best == NULL && i < G_N_ELEMENTS (telling); i++)
    best = find_failed (enquiry, telling[i]);
  if (best == NULL && !has_answer (enquiry))
    best = find_failed (enquiry, -1);

  if (best == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "No media server answers at %s",
                   enquiry->typed);
      return;
    }
  g_propagate_error (error, g_error_copy (best->error));
  if (found_url != NULL && g_error_matches (best->error, BIJOU_ERROR, BIJOU_ERROR_TLS))
    *found_url = g_strdup (best->base_url);
}

static const BijouBackendType *
take_answer (Question *question, BijouIdentity *identity, char **found_url)
{
  *identity = question->identity;
  memset (&question->identity, 0, sizeof question->identity);
  if (found_url != NULL)
    *found_url = g_strdup (question->base_url);
  return question->type;
}

/**
 * bijou_backend_type_identify:
 * @http: the client
 * @base_url: what the user typed, after bijou_address_normalise_url()
 * @trust: (nullable): what is trusted there; its headers go to the host of @base_url only
 * @identity: (out caller-allocates): who answers; cleared by the caller
 * @found_url: (out) (optional) (transfer full): the base URL at which it answers; with
 *   %BIJOU_ERROR_TLS the one whose certificate is not trusted
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Asks for Plex's `/identity` and Jellyfin's `/System/Info/Public` as typed; then, at once, where
 * redirects point, below `/jellyfin`, and, when no port was typed, at the usual ports and over
 * https. Without a token. Blocking, three probes' time at most; any thread but the main one.
 *
 * Returns: (transfer none) (nullable): the protocol, or %NULL with an error:
 *   %BIJOU_ERROR_SERVER_STARTING, %BIJOU_ERROR_FORBIDDEN, a transport error, or
 * %BIJOU_ERROR_PROTOCOL when what answers is no media server
 */
const BijouBackendType *
bijou_backend_type_identify (BijouHttp *http,
                             const char *base_url,
                             BijouTrust *trust,
                             BijouIdentity *identity,
                             char **found_url,
                             GCancellable *cancellable,
                             GError **error)
{
  Enquiry enquiry = { .http = http, .typed = base_url, .trust = trust, .cancellable = cancellable };
  g_autoptr (GPtrArray) questions = g_ptr_array_new_with_free_func (question_free);
  Question *found = NULL;

  g_return_val_if_fail (BIJOU_IS_HTTP (http), NULL);
  g_return_val_if_fail (base_url != NULL, NULL);
  g_return_val_if_fail (identity != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  enquiry.questions = questions;
  add_all_types (&enquiry, base_url);
  for (guint i = 0; found == NULL && i < MAX_ROUNDS; i++)
    {
      guint first = enquiry.asked;

      found = run_round (&enquiry);
      if (found != NULL || g_cancellable_is_cancelled (cancellable))
        break;
      add_redirected (&enquiry, first);
      if (i == 0)
        add_guesses (&enquiry, base_url);
    }

  if (found != NULL)
    return take_answer (found, identity, found_url);
  set_best_error (&enquiry, found_url, error);
  return NULL;
}
