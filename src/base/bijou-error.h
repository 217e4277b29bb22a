#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BijouError:
 * What went wrong, in the terms in which the user interface can act on it.
 *
 * An unreachable server is never %BIJOU_ERROR_NOT_FOUND. Low-level text is kept in the message as a
 * prefix; the sentence for the user comes from bijou_error_to_sentence().
 */
typedef enum
{
  BIJOU_ERROR_FAILED,          /* none of the others; a defect or a strange server */
  BIJOU_ERROR_OFFLINE,         /* no route, refused, reset, name not found */
  BIJOU_ERROR_TIMEOUT,         /* connected or not, no answer in time */
  BIJOU_ERROR_TLS,             /* certificate not trusted */
  BIJOU_ERROR_UNAUTHORISED,    /* token or password not accepted: sign in again */
  BIJOU_ERROR_FORBIDDEN,       /* signed in, but not allowed */
  BIJOU_ERROR_NOT_FOUND,       /* the server answered that it does not exist */
  BIJOU_ERROR_SERVER_STARTING, /* 503 start-up or maintenance phase */
  BIJOU_ERROR_RATE_LIMITED,    /* 429 */
  BIJOU_ERROR_SERVER,          /* other 5xx */
  BIJOU_ERROR_PROTOCOL,        /* an answer that cannot be understood, or is cut short */
  BIJOU_ERROR_WRONG_SERVER,    /* another machine answers at this address */
  BIJOU_ERROR_NO_SPACE,        /* disk full */
  BIJOU_ERROR_STORAGE,         /* the local database or file failed */
  BIJOU_ERROR_NO_DECODER,      /* a codec is missing */
  BIJOU_ERROR_UNSUPPORTED,     /* the server or this build cannot do it */
  BIJOU_ERROR_USAGE,           /* wrong command line */
  BIJOU_ERROR_CANCELLED,       /* the caller gave up; never shown */
} BijouError;

#define BIJOU_ERROR (bijou_error_quark ())
GQuark bijou_error_quark (void);

void bijou_error_set_retry_after (GError *error, gint64 ms);
gint64 bijou_error_get_retry_after (const GError *error);
gboolean bijou_error_is_cancelled (const GError *error);
gboolean bijou_error_is_transport (const GError *error);
char *bijou_error_to_sentence (const GError *error);

G_END_DECLS
