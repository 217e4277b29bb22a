#pragma once

#include "bijou-account-visit.h"

G_BEGIN_DECLS

/* The sign-in flows for the window: every call returns at once and runs on a worker; the results
 * are kept with bijou_context_add_server() and a first sync is begun. Main thread. */

/**
 * BijouFoundServer:
 * Who answers at an address that a user typed.
 */
typedef struct
{
  const BijouBackendType *type;
  char *url;     /* (owned) the base URL that answered */
  char *id;      /* (owned) */
  char *name;    /* (owned) (nullable) */
  char *version; /* (owned) (nullable) */
  int latency_ms;
} BijouFoundServer;

void bijou_found_server_free (BijouFoundServer *self);

/* Finds out which server an address belongs to. What is trusted there then holds for the sign-in at
 * the URL that is found. */
void bijou_sign_in_identify_async (BijouContext *context,
                                   const char *address,
                                   BijouTrust *trust,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
BijouFoundServer *bijou_sign_in_identify_finish (GAsyncResult *result, GError **error);
/* (transfer none) (nullable): after BIJOU_ERROR_TLS, where the certificate is not trusted. */
const char *bijou_sign_in_identify_get_untrusted_url (GAsyncResult *result);

/* User and password at a server; on success the server is kept. Returns its id. */
void bijou_sign_in_password_async (BijouContext *context,
                                   const BijouBackendType *type,
                                   const char *base_url,
                                   const char *user,
                                   const char *password,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
/* A token for a server at an address. */
void bijou_sign_in_token_async (BijouContext *context,
                                const BijouBackendType *type,
                                const char *base_url,
                                const char *token,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
char *bijou_sign_in_finish (GAsyncResult *result, GError **error);

/* A code that is confirmed elsewhere. @base_url NULL: the type's account service, and @account_id
 * (nullable) the account that is signed in to again. */
void bijou_sign_in_begin_code_async (BijouContext *context,
                                     const BijouBackendType *type,
                                     const char *base_url,
                                     const char *account_id,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
BijouSignInCode *bijou_sign_in_begin_code_finish (GAsyncResult *result, GError **error);
/* Polls until confirmed, expired (BIJOU_ERROR_NOT_FOUND) or cancelled. Nothing is kept yet.
 * (element-type BijouSignedIn) */
void bijou_sign_in_wait_code_async (BijouContext *context,
                                    const BijouBackendType *type,
                                    const char *base_url,
                                    const char *account_id,
                                    const BijouSignInCode *code,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
GPtrArray *
bijou_sign_in_wait_code_finish (GAsyncResult *result, BijouAccountVisit **visit, GError **error);
/* Keeps the chosen ones of bijou_sign_in_wait_code(), with their account. */
void bijou_sign_in_keep_async (BijouContext *context,
                               GPtrArray *signed_in,
                               BijouAccountVisit *visit,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean bijou_sign_in_keep_finish (GAsyncResult *result, GError **error);

G_END_DECLS
