#pragma once

#include "bijou-backend.h"
#include "bijou-discovery.h"

G_BEGIN_DECLS

/**
 * BijouClientInfo:
 * How this installation names itself to servers.
 */
typedef struct
{
  const char *client_id;   /* made once for an installation and account */
  const char *device_name; /* for people */
  const char *version;     /* of Bijou */
  BijouTrust *trust;       /* (unowned) (nullable) what the user trusts at the server */
} BijouClientInfo;

/**
 * BijouSignedIn:
 * A server that someone is now signed in to. The token goes to the secrets and nowhere else.
 */
typedef struct
{
  BijouServer *server; /* (owned) */
  char *token;         /* (owned) */
  gboolean owned;      /* the user's own server, not one shared by somebody */
  char *owner;         /* (owned) (nullable) who shares it */
  BijouTrust *trust;   /* (owned) (nullable) to be kept with the server */
} BijouSignedIn;

void bijou_signed_in_free (BijouSignedIn *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouSignedIn, bijou_signed_in_free)

/**
 * BijouSignInCode:
 * A sign-in that is confirmed elsewhere: a Plex PIN or a Jellyfin Quick Connect code.
 */
typedef struct
{
  char *code;        /* (owned) what the user types elsewhere: 4 letters, 6 digits */
  char *browser_url; /* (owned) (nullable) page that confirms it without typing */
  char *link_text;   /* (owned) (nullable) where to type it: "plex.tv/link" */
  char *secret;      /* (owned) what the backend polls with; opaque */
  gint64 expires_at; /* seconds since 1970 */
  guint interval_ms; /* how often to poll */
} BijouSignInCode;

void bijou_sign_in_code_free (BijouSignInCode *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouSignInCode, bijou_sign_in_code_free)

/**
 * BijouAccountUser:
 * Somebody who can be at an account: who signed in, or another one of the same home.
 */
typedef struct
{
  char *id;            /* (owned) */
  char *name;          /* (owned) never empty */
  char *picture;       /* (owned) (nullable) URL of an avatar */
  gboolean admin;      /* the home is theirs */
  gboolean restricted; /* managed: sees what the admin allows */
  gboolean needs_pin;  /* to be switched to */
  gboolean has_home;   /* of who is signed in: there may be others */
} BijouAccountUser;

void bijou_account_user_free (BijouAccountUser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouAccountUser, bijou_account_user_free)

/**
 * BijouBackendType:
 * One protocol: how to recognise its servers and how to sign in. All functions are blocking,
 * thread-safe and cancellable. An optional one is %NULL where the protocol has no such thing.
 */
typedef struct
{
  const char *id;    /* "plex", "jellyfin" */
  const char *title; /* for people */
  BijouIdentityProbe probe;
  guint16 default_port;
  BijouDiscoveryProtocol discovery;
  /* (optional) whether an address that came from the local network may be @server's */
  gboolean (*accepts_url) (BijouServer *server, const char *url);

  /* An account that is not at the server (plex.tv): its URL is given by @account_url. */
  gboolean has_account;
  const char *account_url;

  /* (optional) POST /Users/AuthenticateByName */
  BijouSignedIn *(*sign_in_password) (BijouHttp *http,
                                      const BijouClientInfo *client,
                                      const char *base_url,
                                      const char *user,
                                      const char *password,
                                      GCancellable *cancellable,
                                      GError **error);
  /* A server by its address and a token for it. */
  BijouSignedIn *(*sign_in_token) (BijouHttp *http,
                                   const BijouClientInfo *client,
                                   const char *base_url,
                                   const char *token,
                                   GCancellable *cancellable,
                                   GError **error);
  /* @base_url is the server (Quick Connect) or the account service (PIN). */
  BijouSignInCode *(*begin_code) (BijouHttp *http,
                                  const BijouClientInfo *client,
                                  const char *base_url,
                                  GCancellable *cancellable,
                                  GError **error);
  /* (element-type BijouSignedIn): %NULL without an error: not confirmed yet; %NULL with
   * BIJOU_ERROR_NOT_FOUND: expired. @account_token gets the account's token where there is one. */
  GPtrArray *(*poll_code) (BijouHttp *http,
                           const BijouClientInfo *client,
                           const char *base_url,
                           const BijouSignInCode *code,
                           char **account_token,
                           GCancellable *cancellable,
                           GError **error);
  /* (optional) all servers of an account by its token. (element-type BijouSignedIn) */
  GPtrArray *(*list_account_servers) (BijouHttp *http,
                                      const BijouClientInfo *client,
                                      const char *base_url,
                                      const char *account_token,
                                      char **account_id,
                                      GCancellable *cancellable,
                                      GError **error);
  /* (optional) who a token of an account belongs to. */
  BijouAccountUser *(*fetch_account_user) (BijouHttp *http,
                                           const BijouClientInfo *client,
                                           const char *base_url,
                                           const char *account_token,
                                           GCancellable *cancellable,
                                           GError **error);
  /* (optional) everybody of the account's home, also who is signed in; empty where there is none.
   * (element-type BijouAccountUser) */
  GPtrArray *(*list_account_users) (BijouHttp *http,
                                    const BijouClientInfo *client,
                                    const char *base_url,
                                    const char *account_token,
                                    GCancellable *cancellable,
                                    GError **error);
  /* (optional) the account's token as another one of the home; BIJOU_ERROR_FORBIDDEN: the PIN is
   * not right. (transfer full) */
  char *(*switch_account_user) (BijouHttp *http,
                                const BijouClientInfo *client,
                                const char *base_url,
                                const char *account_token,
                                const char *user_id,
                                const char *pin,
                                GCancellable *cancellable,
                                GError **error);
  /* (optional) makes the token of an account worthless: DELETE plex.tv/api/v2/users/signout. A
   * token that is dead already is a success. */
  gboolean (*sign_out_account) (BijouHttp *http,
                                const BijouClientInfo *client,
                                const char *base_url,
                                const char *account_token,
                                GCancellable *cancellable,
                                GError **error);
  /* The backend of a known server. */
  BijouBackend *(*create) (BijouHttp *http,
                           const BijouClientInfo *client,
                           BijouServer *server,
                           const char *token);
} BijouBackendType;

/* Implemented in plex/ and jellyfin/; reached through the registry only. */
const BijouBackendType *bijou_plex_get_type_info (void);
const BijouBackendType *bijou_jellyfin_get_type_info (void);

/* The registry: what the rest of the program uses. */
const BijouBackendType *const *bijou_backend_type_list (guint *n_types);
const BijouBackendType *bijou_backend_type_find (const char *id);
/* Asks every protocol at once who answers at @base_url, also under "/jellyfin" when the root is a
 * web page; @found_url gets the base that answered. */
const BijouBackendType *bijou_backend_type_identify (BijouHttp *http,
                                                     const char *base_url,
                                                     BijouTrust *trust,
                                                     BijouIdentity *identity,
                                                     char **found_url,
                                                     GCancellable *cancellable,
                                                     GError **error);

/* Looks for servers of every protocol (or of @only) in the local network; see
 * bijou_discovery_run(). */
void bijou_backend_type_discover (const BijouBackendType *only,
                                  const char *server_id,
                                  guint duration_ms,
                                  BijouDiscoveredFunc func,
                                  gpointer user_data,
                                  GCancellable *cancellable);
/* Whether a race may try @url, which nobody vouches for, for @server. */
gboolean bijou_backend_type_accepts_url (BijouServer *server, const char *url);

G_END_DECLS
