#include "config.h"

#include "bijou-error.h"

#include <glib/gi18n.h>

typedef struct
{
  gint64 retry_after_ms;
} BijouErrorPrivate;

static void
bijou_error_private_init (BijouErrorPrivate *private)
{
}

static void
bijou_error_private_copy (const BijouErrorPrivate *from, BijouErrorPrivate *to)
{
  *to = *from;
}

static void
bijou_error_private_clear (BijouErrorPrivate *private)
{
}

G_DEFINE_EXTENDED_ERROR (BijouError, bijou_error)

/**
 * bijou_error_set_retry_after:
 * @error: an error of #BijouError
 * @ms: how long the server asks to be left alone, 0 it does not say
 */
void
bijou_error_set_retry_after (GError *error, gint64 ms)
{
  g_return_if_fail (error != NULL && error->domain == BIJOU_ERROR);

  bijou_error_get_private (error)->retry_after_ms = ms;
}

/**
 * bijou_error_get_retry_after:
 * @error: (nullable): an error of any domain
 *
 * Returns: how long the server asked to be left alone when it answered, in ms; 0 it did not say.
 *   Any thread.
 */
gint64
bijou_error_get_retry_after (const GError *error)
{
  if (error == NULL || error->domain != BIJOU_ERROR)
    return 0;
  return bijou_error_get_private (error)->retry_after_ms;
}

/**
 * bijou_error_is_cancelled:
 * @error: (nullable): an error
 *
 * Whether @error says that the caller gave up, in our own domain or in GIO's. Any thread.
 */
gboolean
bijou_error_is_cancelled (const GError *error)
{
  return g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/**
 * bijou_error_is_transport:
 * @error: (nullable): an error
 *
 * Whether another address of the same server may do better. An HTTP 4xx is none of these.
 * Any thread.
 */
gboolean
bijou_error_is_transport (const GError *error)
{
  return g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_TIMEOUT) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_TLS) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_WRONG_SERVER);
}

static const char *
get_sentence (BijouError code)
{
  switch (code)
    {
    case BIJOU_ERROR_OFFLINE:
      return N_ ("The server cannot be reached.");
    case BIJOU_ERROR_TIMEOUT:
      return N_ ("The server does not answer.");
    case BIJOU_ERROR_TLS:
      return N_ ("The server's certificate is not trusted.");
    case BIJOU_ERROR_UNAUTHORISED:
      return N_ ("The sign-in was not accepted. Sign in again.");
    case BIJOU_ERROR_FORBIDDEN:
      return N_ ("This account is not allowed to do that.");
    case BIJOU_ERROR_NOT_FOUND:
      return N_ ("It is no longer on the server.");
    case BIJOU_ERROR_SERVER_STARTING:
      return N_ ("The server is starting.");
    case BIJOU_ERROR_RATE_LIMITED:
      return N_ ("The server asks for a pause. Try again in a moment.");
    case BIJOU_ERROR_SERVER:
      return N_ ("The server has a problem of its own.");
    case BIJOU_ERROR_PROTOCOL:
      return N_ ("The server's answer cannot be understood.");
    case BIJOU_ERROR_WRONG_SERVER:
      return N_ ("Another server answers at this address.");
    case BIJOU_ERROR_NO_SPACE:
      return N_ ("The disk is full.");
    case BIJOU_ERROR_STORAGE:
      return N_ ("The library on this computer cannot be read or written.");
    case BIJOU_ERROR_NO_DECODER:
      return N_ ("A codec for this video is not installed.");
    case BIJOU_ERROR_UNSUPPORTED:
      return N_ ("The server does not offer this.");
    case BIJOU_ERROR_USAGE:
      return N_ ("The command was not understood.");
    case BIJOU_ERROR_CANCELLED:
      return N_ ("It was stopped.");
    case BIJOU_ERROR_FAILED:
    default:
      return N_ ("Something went wrong.");
    }
}

/**
 * bijou_error_to_sentence:
 * @error: an error of any domain
 *
 * The sentence that a user reads. Errors of a foreign domain get the general one.
 *
 * Returns: (transfer full): a translated sentence. Any thread.
 */
char *
bijou_error_to_sentence (const GError *error)
{
  BijouError code = BIJOU_ERROR_FAILED;

  if (bijou_error_is_cancelled (error))
    code = BIJOU_ERROR_CANCELLED;
  else if (error != NULL && error->domain == BIJOU_ERROR)
    code = error->code;

  return g_strdup (_ (get_sentence (code)));
}
