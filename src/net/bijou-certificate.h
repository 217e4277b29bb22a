#pragma once

#include "bijou-http.h"

G_BEGIN_DECLS

/**
 * BijouCertificateProblems:
 * Why nobody vouches for a certificate.
 */
typedef enum
{
  BIJOU_CERTIFICATE_UNKNOWN_AUTHORITY = 1 << 0,
  BIJOU_CERTIFICATE_SELF_SIGNED = 1 << 1, /* beside the one above */
  BIJOU_CERTIFICATE_OTHER_NAME = 1 << 2,
  BIJOU_CERTIFICATE_EXPIRED = 1 << 3,
  BIJOU_CERTIFICATE_NOT_YET_VALID = 1 << 4,
  BIJOU_CERTIFICATE_BAD = 1 << 5, /* revoked, too weak, a broken chain */
} BijouCertificateProblems;

/**
 * BijouCertificate:
 * What a host presents to prove who it is. A plain record of its maker.
 */
typedef struct
{
  char *host;         /* (owned) who was asked */
  char *subject;      /* (owned) the name it gives itself */
  char *issuer;       /* (owned) who signed it */
  char **names;       /* (owned) the hosts it is for, maybe none */
  gint64 valid_from;  /* seconds since 1970 */
  gint64 valid_until; /* seconds since 1970 */
  char *fingerprint;  /* (owned) SHA-256 of all of it, 64 capital digits */
  char *pin;          /* (owned) sha256//… of its public key */
  BijouCertificateProblems problems;
} BijouCertificate;

void bijou_certificate_free (BijouCertificate *self);
char *bijou_certificate_format_fingerprint (const BijouCertificate *self);
BijouCertificate *
bijou_certificate_read (BijouHttp *http, const char *pem, const char *host, GError **error);
BijouCertificate *bijou_certificate_look (BijouHttp *http,
                                          const char *url,
                                          GCancellable *cancellable,
                                          GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouCertificate, bijou_certificate_free)

G_END_DECLS
