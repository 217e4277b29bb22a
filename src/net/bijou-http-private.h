#pragma once

#include "bijou-http.h"
#include "bijou-quality-book.h"

#include <curl/curl.h>

G_BEGIN_DECLS

/* What the files of the HTTP client share. Only they include this, and only they see curl. */

struct _BijouHttpRequest
{
  gatomicrefcount references;
  char *method;      /* (owned) */
  char *url;         /* (owned) */
  GPtrArray *names;  /* (owned) of char *, parallel to values */
  GPtrArray *values; /* (owned) of char * */
  GBytes *body;      /* (owned) (nullable) */
  BijouTrust *trust; /* (owned) (nullable) */
  BijouHttpKind kind;
  gboolean has_failover; /* the caller has another address: no second try on this one */
};

gboolean bijou_http_request_has_header (BijouHttpRequest *self, const char *name);
gboolean bijou_http_request_is_idempotent (BijouHttpRequest *self);
BijouHttpRequest *bijou_http_request_redirect (BijouHttpRequest *self, const char *url);

struct _BijouHttpResponse
{
  gatomicrefcount references;
  guint status;
  char *url;           /* (owned) after redirects */
  GHashTable *headers; /* (owned) lower-case name → value */
  GBytes *body;        /* (owned) never NULL */
  gint64 bytes_received;
};

BijouError bijou_http_get_error_code (guint status);
BijouHttpResponse *bijou_http_response_new (const char *url);
void bijou_http_response_add_header (BijouHttpResponse *self, const char *line, gsize length);

/**
 * BijouHttpExchange:
 * A request on its way to an answer, with its tries and redirects. Reference-counted; everything
 * but `cancelled` belongs to the net thread once it is submitted.
 */
typedef struct _BijouHttpExchange BijouHttpExchange;

/* Runs on the net thread, once; exactly one of @response and @error is set. A transfer's response
 * has no body. */
typedef void (*BijouHttpDoneFunc) (BijouHttpResponse *response,
                                   const GError *error,
                                   gpointer user_data);

struct _BijouHttpExchange
{
  gatomicrefcount references;
  BijouHttpRequest *request;           /* (owned) as it goes out, after redirects */
  char *origin;                        /* (owned) scheme, host and port */
  const BijouHttpTransferFuncs *funcs; /* (nullable) for a transfer */
  BijouHttpDoneFunc done;
  gpointer user_data; /* of @done and @funcs */
  gint cancelled;     /* atomic */

  CURL *easy;                    /* (owned) (nullable) while it is in the multi handle */
  struct curl_slist *headers;    /* (owned) (nullable) */
  struct curl_slist *addresses;  /* (owned) (nullable) */
  char message[CURL_ERROR_SIZE]; /* curl's own words */
  BijouHttpResponse *response;   /* (owned) (nullable) while it comes in */
  GByteArray *body;              /* (owned) (nullable) */
  GError *error;                 /* (owned) (nullable) why we ended it ourselves */
  gboolean head_done;
  gboolean discard_body;       /* it belongs to a redirect that is followed */
  gboolean by_authority;       /* the public keys of its trust did not fit */
  guint refusals;              /* certificates in a row that were not accepted */
  BijouQualityBook *qualities; /* (unowned) the loop's */
  int patience;                /* by how much its deadlines are stretched */
  gint64 meter_since;          /* monotonic µs, 0: it is held up */
  gint64 meter_bytes;          /* since then */
  guint tries;
  guint redirects;
  gint64 started;  /* monotonic µs; of the first try */
  gint64 ready_at; /* monotonic µs; waits for this before the next try */
};

BijouHttpExchange *bijou_http_exchange_new (BijouHttpRequest *request,
                                            const BijouHttpTransferFuncs *funcs,
                                            BijouHttpDoneFunc done,
                                            gpointer user_data);
BijouHttpExchange *bijou_http_exchange_ref (BijouHttpExchange *self);
void bijou_http_exchange_unref (BijouHttpExchange *self);
struct curl_slist *bijou_http_resolve_spelled_host (const char *url);
char *bijou_http_get_origin (const char *url);
void bijou_http_exchange_meter (BijouHttpExchange *self, gsize length);
void bijou_http_exchange_measure (BijouHttpExchange *self, CURLcode code);
gboolean bijou_http_exchange_begin (BijouHttpExchange *self,
                                    const char *bundle,
                                    BijouQualityBook *qualities);
gboolean bijou_http_exchange_end (BijouHttpExchange *self, CURLcode code);
void bijou_http_exchange_finish (BijouHttpExchange *self, const GError *error);

/**
 * BijouHttpLoop:
 * The net thread and its multi handle. Reference-counted; any thread.
 */
typedef struct _BijouHttpLoop BijouHttpLoop;

BijouHttpLoop *bijou_http_loop_new (void);
BijouHttpLoop *bijou_http_loop_ref (BijouHttpLoop *self);
void bijou_http_loop_unref (BijouHttpLoop *self);
void bijou_http_loop_submit (BijouHttpLoop *self, BijouHttpExchange *exchange);
void bijou_http_loop_cancel (BijouHttpLoop *self, BijouHttpExchange *exchange);
void bijou_http_loop_resume (BijouHttpLoop *self, BijouHttpExchange *exchange);
void bijou_http_loop_set_authorities (BijouHttpLoop *self, GBytes *authorities);
GBytes *bijou_http_loop_dup_authorities (BijouHttpLoop *self);
BijouQualityBook *bijou_http_loop_get_qualities (BijouHttpLoop *self);
guint bijou_http_loop_get_n_submitted (BijouHttpLoop *self);
void bijou_http_loop_forget_connections (BijouHttpLoop *self);
gboolean bijou_http_loop_is_current (BijouHttpLoop *self);
void bijou_http_loop_stop (BijouHttpLoop *self);

BijouHttpLoop *bijou_http_get_loop (BijouHttp *self);

G_END_DECLS
