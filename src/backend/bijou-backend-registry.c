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

/* Questions that are asked at once, in order of preference. */
typedef struct
{
  BijouHttp *http;           /* (unowned) outlives the call */
  GCancellable *cancellable; /* (nullable) (unowned) */
  GPtrArray *questions;      /* (owned) of Question */
  guint pending;
} Round;

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
has_question (Round *round, const BijouBackendType *type, const char *base_url)
{
  for (guint i = 0; i < round->questions->len; i++)
    {
      Question *question = g_ptr_array_index (round->questions, i);

      if (question->type == type && g_str_equal (question->base_url, base_url))
        return TRUE;
    }
  return FALSE;
}

static void
add_question (Round *round, const BijouBackendType *type, const char *base_url)
{
  Question *question;

  if (has_question (round, type, base_url))
    return;

  question = g_new0 (Question, 1);
  question->type = type;
  question->base_url = g_strdup (base_url);
  g_ptr_array_add (round->questions, question);
}

static void
add_all_types (Round *round, const char *base_url)
{
  guint n_types;
  const BijouBackendType *const *types = bijou_backend_type_list (&n_types);

  for (guint i = 0; i < n_types; i++)
    add_question (round, types[i], base_url);
}

/* A redirect (to https, to another host name) moves the base with it. */
static char *
find_moved_base (Question *question)
{
  const char *url = bijou_http_response_get_url (question->response);
  const char *path = question->type->probe.path;

  if (url == NULL || !g_str_has_suffix (url, path))
    return NULL;
  return g_strndup (url, strlen (url) - strlen (path));
}

static void
judge_answer (Question *question)
{
  if (!bijou_http_response_check (question->response, &question->error))
    return;

  question->found =
      question->type->probe.parse (question->response, &question->identity, &question->error);
  if (question->found)
    {
      g_autofree char *moved = find_moved_base (question);

      if (moved != NULL)
        {
          g_free (question->base_url);
          question->base_url = g_steal_pointer (&moved);
        }
    }
}

typedef struct
{
  Round *round;
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
  asked->round->pending--;
}

static void
ask (Round *round, Question *question)
{
  g_autofree char *url = bijou_url_join (question->base_url, question->type->probe.path);
  g_autoptr (BijouHttpRequest) request = bijou_http_request_new ("GET", url, BIJOU_HTTP_PROBE);
  Asked *asked = g_new0 (Asked, 1);

  asked->round = round;
  asked->question = question;
  if (question->type->probe.accept != NULL)
    bijou_http_request_set_header (request, "Accept", question->type->probe.accept);
  round->pending++;
  bijou_http_send_async (round->http, request, round->cancellable, on_answer_cb, asked);
}

/* Each question has the short deadline of a probe, so that the whole round has it too. */
static Question *
run_round (Round *round)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  for (guint i = 0; i < round->questions->len; i++)
    ask (round, g_ptr_array_index (round->questions, i));
  while (round->pending > 0)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);

  for (guint i = 0; i < round->questions->len; i++)
    {
      Question *question = g_ptr_array_index (round->questions, i);

      if (question->found)
        return question;
    }
  return NULL;
}

/* Jellyfin with a base path redirects everything outside of it to BASE/web/. */
static void
add_redirected_bases (Round *next, Round *round)
{
  for (guint i = 0; i < round->questions->len; i++)
    {
      Question *question = g_ptr_array_index (round->questions, i);
      const char *url =
          question->response != NULL ? bijou_http_response_get_url (question->response) : NULL;
      const char *web = url != NULL ? strstr (url, "/web/") : NULL;

      if (web != NULL)
        {
          g_autofree char *base = g_strndup (url, web - url);

          add_all_types (next, base);
        }
    }
}

static gboolean
has_answer (Round *round)
{
  for (guint i = 0; i < round->questions->len; i++)
    {
      Question *question = g_ptr_array_index (round->questions, i);

      if (question->response != NULL)
        return TRUE;
    }
  return FALSE;
}

static void
add_usual_ports (Round *next, const char *base_url)
{
  g_autoptr (GUri) uri = g_uri_parse (base_url, G_URI_FLAGS_NONE, NULL);
  guint n_types;
  const BijouBackendType *const *types = bijou_backend_type_list (&n_types);

  if (uri == NULL || g_uri_get_port (uri) != -1)
    return;

  for (guint i = 0; i < n_types; i++)
    {
      g_autofree char *url =
          g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri),
                      types[i]->default_port, g_uri_get_path (uri), NULL, NULL);

      add_question (next, types[i], url);
    }
  if (g_strcmp0 (g_uri_get_scheme (uri), "http") == 0)
    {
      g_autofree char *url = g_uri_join (G_URI_FLAGS_NONE, "https", NULL, g_uri_get_host (uri), -1,
                                         g_uri_get_path (uri), NULL, NULL);

      add_all_types (next, url);
    }
}

static void
round_init (Round *round, BijouHttp *http, GCancellable *cancellable)
{
  round->http = http;
  round->cancellable = cancellable;
  round->questions = g_ptr_array_new_with_free_func (question_free);
  round->pending = 0;
}

static void
round_clear (Round *round)
{
  g_ptr_array_unref (round->questions);
}

static const GError *
find_error (Round *round, int code)
{
  for (guint i = 0; i < round->questions->len; i++)
    {
      Question *question = g_ptr_array_index (round->questions, i);

      if (code < 0 ? question->error != NULL : g_error_matches (question->error, BIJOU_ERROR, code))
        return question->error;
    }
  return NULL;
}

/* What helps most: a server that starts, a certificate to look at; else a machine that answers but
 * is no media server is told from one that does not answer. */
static void
set_best_error (Round *typed, Round *guessed, const char *base_url, GError **error)
{
  static const int telling[] = { BIJOU_ERROR_CANCELLED, BIJOU_ERROR_SERVER_STARTING,
                                 BIJOU_ERROR_TLS };
  const GError *best = NULL;

  for (guint i = 0; best == NULL && i < G_N_ELEMENTS (telling); i++)
    {
      best = find_error (typed, telling[i]);
      if (best == NULL)
        best = find_error (guessed, telling[i]);
    }
  if (best == NULL && !has_answer (typed))
    best = find_error (typed, -1);

  if (best != NULL)
    g_propagate_error (error, g_error_copy (best));
  else
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "No media server answers at %s",
                 base_url);
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
 * @identity: (out caller-allocates): who answers; cleared by the caller
 * @found_url: (out) (optional) (transfer full): the base URL at which it answers
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Asks for Plex's `/identity` and Jellyfin's `/System/Info/Public` as typed; then, at once, below
 * `/jellyfin`, where a redirect to a web page points, and, when no port was typed, at the usual
 * ports and over https. Without a token. Blocking, two probes' time at most; any thread but the
 * main one.
 *
 * Returns: (transfer none) (nullable): the protocol, or %NULL with an error:
 *   %BIJOU_ERROR_SERVER_STARTING, a transport error, or %BIJOU_ERROR_PROTOCOL when what answers is
 *   no media server
 */
const BijouBackendType *
bijou_backend_type_identify (BijouHttp *http,
                             const char *base_url,
                             BijouIdentity *identity,
                             char **found_url,
                             GCancellable *cancellable,
                             GError **error)
{
  Round typed, guessed;
  Question *found;
  const BijouBackendType *type = NULL;

  g_return_val_if_fail (BIJOU_IS_HTTP (http), NULL);
  g_return_val_if_fail (base_url != NULL, NULL);
  g_return_val_if_fail (identity != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  round_init (&typed, http, cancellable);
  round_init (&guessed, http, cancellable);
  add_all_types (&typed, base_url);
  found = run_round (&typed);
  if (found == NULL && !g_cancellable_is_cancelled (cancellable))
    {
      add_redirected_bases (&guessed, &typed);
      if (has_answer (&typed))
        {
          g_autofree char *below = bijou_url_join (base_url, "/jellyfin");

          add_question (&guessed, bijou_backend_type_find ("jellyfin"), below);
        }
      add_usual_ports (&guessed, base_url);
      found = run_round (&guessed);
    }

  if (found != NULL)
    type = take_answer (found, identity, found_url);
  else
    set_best_error (&typed, &guessed, base_url, error);
  round_clear (&typed);
  round_clear (&guessed);
  return type;
}
