/* What a server is, for its own two files. */
#pragma once

#include "bijou-fake-exchange.h"

G_BEGIN_DECLS

struct _BijouFakeServer
{
  const BijouFakeProtocol *protocol;
  BijouFakeOptions options; /* strings are owned */
  gpointer data;            /* (owned) what the protocol made */
  GThread *thread;          /* (owned) */
  GMainContext *context;    /* (owned) */
  GMainLoop *loop;          /* (owned) */
  char *url;                /* (owned) */
  char *id;                 /* (owned) */
  char *user;               /* (owned) (nullable) */
  char *password;           /* (owned) (nullable) */

  /* only in the thread */
  SoupServer *soup;          /* (owned) */
  BijouFakeLibrary *library; /* (owned) (nullable) */
  BijouFakeLog *log;         /* (owned) */
  GPtrArray *faults;         /* (owned) of BijouFakeFault */
  GPtrArray *sockets;        /* (owned) of what bijou-fake-server.c knows */
  GPtrArray *exchanges;      /* (owned) unowned, alive */
  GPtrArray *plex_servers;   /* (owned) unowned BijouFakeServer, plex.tv only */
  guint next_fault;
  gint64 next_free; /* when the capped line is free again */
  GError *error;    /* (owned) (nullable) of starting */

  GMutex lock;
  char *tokens[BIJOU_FAKE_USERS]; /* (owned), with the lock */
};

G_END_DECLS
