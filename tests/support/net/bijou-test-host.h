#pragma once

#include "bijou-test-loopback.h"

G_BEGIN_DECLS

/* What one finds at an address. */
typedef enum
{
  HOST_ALIVE,           /* the server */
  HOST_REFUSES,         /* nobody listens */
  HOST_MUTE,            /* takes connections and never answers */
  HOST_DROPS_SYN,       /* takes no connections: the backlog is full */
  HOST_BAD_CERTIFICATE, /* TLS, signed by nobody */
  HOST_WRONG_SERVER,    /* another server of the kind */
  HOST_UNAUTHORISED,    /* 401 to everybody */
  HOST_STARTING,        /* 503 and a page of HTML */
  HOST_REDIRECTS,       /* to another origin, where the server is */
  HOST_HTML,            /* 200 and a page of HTML */
  N_HOST_KINDS,
} HostKind;

/**
 * Host:
 * An address 127.0.0.x of its own with a fake Plex server, or what may be there in place of it.
 * Anything but its identity is answered with the path that was asked for. Any thread.
 */
typedef struct _Host Host;

const char *host_kind_to_string (HostKind kind);

Host *host_new (HostKind kind, const char *server_id);
void host_free (Host *self);
const char *host_get_url (Host *self);
/* From now on; not to or from those that need a socket of their own kind: REFUSES, DROPS_SYN,
 * BAD_CERTIFICATE. */
void host_set_kind (Host *self, HostKind kind);
/* Of each answer. */
void host_set_delay (Host *self, guint ms);
/* Every second probe gets a 503. */
void host_set_flaky (Host *self, gboolean flaky);
/* Of what is no probe; 0 for 200. */
void host_set_status (Host *self, guint status);
guint host_get_probes (Host *self);
guint host_get_calls (Host *self);
/* Whether it was ever sent one; where it redirects to counts too. */
gboolean host_saw_token (Host *self);
/* Blocks until it has seen so many probes. */
void host_wait_for_probes (Host *self, guint count);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Host, host_free)

G_END_DECLS
