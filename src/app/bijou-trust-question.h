#pragma once

#include "bijou-certificate.h"
#include "bijou-context.h"

G_BEGIN_DECLS

/**
 * BijouTrustQuestion:
 * What the user is asked when nobody vouches for the certificate of a server.
 */
typedef struct
{
  char *url;                     /* (owned) where it was seen */
  char *server_id;               /* (owned) (nullable) of a server that is known */
  char *server_name;             /* (owned) (nullable) */
  gboolean changed;              /* the user trusts another certificate of this server */
  BijouCertificate *certificate; /* (owned) */
} BijouTrustQuestion;

void bijou_trust_question_free (BijouTrustQuestion *self);

/* Looks at the certificate without sending anything. @url NULL: at the address of the known server
 * whose certificate is not trusted; @server_id NULL: a server that is not known. Main thread. */
void bijou_trust_question_make_async (BijouContext *context,
                                      const char *url,
                                      const char *server_id,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
BijouTrustQuestion *bijou_trust_question_make_finish (GAsyncResult *result, GError **error);

/* The answer was yes: the server is trusted by this certificate from now on. Main thread. */
void bijou_trust_question_accept_async (BijouContext *context,
                                        const char *server_id,
                                        const char *pin,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean bijou_trust_question_accept_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouTrustQuestion, bijou_trust_question_free)

G_END_DECLS
