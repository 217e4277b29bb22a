#pragma once

#include "bijou-backend-type.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Sign-in at plex.tv. Everything blocks, is thread-safe and cancellable. */

JsonNode *bijou_plex_account_call (BijouHttp *http,
                                   const BijouClientInfo *client,
                                   const char *base_url,
                                   const char *method,
                                   const char *path,
                                   const char *token,
                                   GCancellable *cancellable,
                                   GError **error);

BijouSignInCode *bijou_plex_begin_code (BijouHttp *http,
                                        const BijouClientInfo *client,
                                        const char *base_url,
                                        GCancellable *cancellable,
                                        GError **error);
GPtrArray *bijou_plex_poll_code (BijouHttp *http,
                                 const BijouClientInfo *client,
                                 const char *base_url,
                                 const BijouSignInCode *code,
                                 char **account_token,
                                 GCancellable *cancellable,
                                 GError **error);
BijouSignedIn *bijou_plex_sign_in_token (BijouHttp *http,
                                         const BijouClientInfo *client,
                                         const char *base_url,
                                         const char *token,
                                         GCancellable *cancellable,
                                         GError **error);

/* bijou-plex-account.c */
GPtrArray *bijou_plex_list_account_servers (BijouHttp *http,
                                            const BijouClientInfo *client,
                                            const char *base_url,
                                            const char *account_token,
                                            char **account_id,
                                            GCancellable *cancellable,
                                            GError **error);
gboolean bijou_plex_sign_out_account (BijouHttp *http,
                                      const BijouClientInfo *client,
                                      const char *base_url,
                                      const char *account_token,
                                      GCancellable *cancellable,
                                      GError **error);

/* bijou-plex-home.c */
BijouAccountUser *bijou_plex_fetch_account_user (BijouHttp *http,
                                                 const BijouClientInfo *client,
                                                 const char *base_url,
                                                 const char *account_token,
                                                 GCancellable *cancellable,
                                                 GError **error);
GPtrArray *bijou_plex_list_home_users (BijouHttp *http,
                                       const BijouClientInfo *client,
                                       const char *base_url,
                                       const char *account_token,
                                       GCancellable *cancellable,
                                       GError **error);
char *bijou_plex_switch_home_user (BijouHttp *http,
                                   const BijouClientInfo *client,
                                   const char *base_url,
                                   const char *account_token,
                                   const char *user_id,
                                   const char *pin,
                                   GCancellable *cancellable,
                                   GError **error);

BijouSignedIn *
bijou_plex_parse_resource (JsonObject *resource, const char *client_id, const char *account_token);

G_END_DECLS
