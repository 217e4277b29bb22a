#pragma once

#include "bijou-backend-type.h"
#include "bijou-fake-server.h"
#include "bijou-sync-service.h"

/* A fake server, a backend that is signed in to it, and a store that knows it. */
typedef struct
{
  char *folder;
  BijouStore *store;
  BijouFakeServer *fake;
  BijouHttp *http;
  BijouBackend *backend;
  const char *server_id;
  char *token;
} ServerFixture;

void server_fixture_set_up (ServerFixture *fixture,
                            const char *backend,
                            const BijouFakeOptions *options);
void server_fixture_tear_down (ServerFixture *fixture);
/* The body of a GET beside the backend. */
char *server_fixture_get (ServerFixture *fixture, const char *path);
