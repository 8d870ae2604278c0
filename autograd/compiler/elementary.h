/* Elementary functions that a compiler can vectorise: no branch, no table, no call (but see gg_sin).

   Every function is inlined into the loop that calls it. Its error is below 2.5 ulp on every argument, subnormal ones
   and results included; that of exp, exp2 and log about 0.9. At ±0, ±inf, nan and outside its domain it gives what C's
   gives, but no errno and no flags. Rounding is to nearest.

   Compile with -ffp-contract=off and never with -ffast-math, which would undo the sums of a high and a low part and the
   rounding by addition of a large number; and with -fno-trapping-math, or GCC keeps some comparisons as branches.

   Start at gg_exp_f: the others are variations of it and of gg_log_f. The float form of each, _f, works in float (sine
   and cosine reduce in double), the double form, _d, in double. Polynomials are minimax fits by the relative error of
   the result. A loop in cache takes 0.4 to 0.6 ns an element in float and 0.8 to 1.3 in double (AVX-512 at 256 bits,
   GCC 12); with glibc 2.36 it takes 2 to 12 ns, the most for tanh.

   Source of the reductions: W. J. Cody, W. Waite, Software Manual for the Elementary Functions (1980). Of the logarithm
   in double, and of the correction in the cosine: fdlibm's e_log.c and k_cos.c.
*/
#ifndef GG_ELEMENTARY_H
#define GG_ELEMENTARY_H

#include <float.h>
#include <math.h>
#include <stdint.h>

#define GG_INLINE static inline __attribute__((always_inline, unused))

/* a * b + c. Nothing depends on its being rounded once. */
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
#define GG_FMA_F(a, b, c) __builtin_fmaf(a, b, c)
#define GG_FMA_D(a, b, c) __builtin_fma(a, b, c)
#else
#define GG_FMA_F(a, b, c) ((a) * (b) + (c))
#define GG_FMA_D(a, b, c) ((a) * (b) + (c))
#endif

GG_INLINE uint32_t gg_bits_f(float x) { uint32_t u; __builtin_memcpy(&u, &x, sizeof u); return u; }
GG_INLINE uint64_t gg_bits_d(double x) { uint64_t u; __builtin_memcpy(&u, &x, sizeof u); return u; }
GG_INLINE float gg_of_bits_f(uint32_t u) { float x; __builtin_memcpy(&x, &u, sizeof x); return x; }
GG_INLINE double gg_of_bits_d(uint64_t u) { double x; __builtin_memcpy(&x, &u, sizeof x); return x; }

/* x within [low, high]; nan stays nan, as a comparison with it is false. */
GG_INLINE float gg_clamp_f(float x, float low, float high) {
    x = high < x ? high : x;
    return low > x ? low : x;
}
GG_INLINE double gg_clamp_d(double x, double low, double high) {
    x = high < x ? high : x;
    return low > x ? low : x;
}

/* ---- exponentials -------------------------------------------------------------------------------------------------

   x = n ln 2 + r with |r| <= ln(2) / 2, and e^x = 2^n e^r. Adding 1.5 * 2^23 (2^52 in double) rounds to an integer and
   leaves it in the low bits; adding also twice the bias of the exponent (2 * 127, 2 * 1023) makes two halves of those
   bits the biased exponents of two powers of two whose product is 2^n. Multiplying by them in turn rounds once only, so
   that results underflow gradually and overflow where they should, although 2^n itself may be out of range. */

#define GG_ROUND_F 12583166.0f        /* 1.5 * 2^23 + 254 */
#define GG_ROUND_D 6755399441057790.0 /* 1.5 * 2^52 + 2046 */

/* y 2^n, where t = n + GG_ROUND. */
GG_INLINE float gg_scale_f(float y, float t) {
    uint32_t both = gg_bits_f(t), half = both >> 1;
    return y * gg_of_bits_f(half << 23) * gg_of_bits_f((both - half) << 23);
}
GG_INLINE double gg_scale_d(double y, double t) {
    uint64_t both = gg_bits_d(t), half = both >> 1;
    return y * gg_of_bits_d(half << 52) * gg_of_bits_d((both - half) << 52);
}

/* 2^n as it is, where -127 < n <= 127 (-1023 < n <= 1023). */
GG_INLINE float gg_power_f(float t) { return gg_of_bits_f((gg_bits_f(t) - 127) << 23); }
GG_INLINE double gg_power_d(double t) { return gg_of_bits_d((gg_bits_d(t) - 1023) << 52); }

/* x - n ln 2, where the high part of ln 2 has so few bits that its product with n is exact. */
GG_INLINE float gg_minus_ln2_f(float x, float n) {
    return GG_FMA_F(n, -3.194618330e-05f, GG_FMA_F(n, -6.931152344e-01f, x));
}
GG_INLINE double gg_minus_ln2_d(double x, double n) {
    return GG_FMA_D(n, -7.371002565167799e-13, GG_FMA_D(n, -0.6931471805592082, x));
}

/* (e^r - 1 - r) / r^2, where |r| <= ln(2) / 2: with it expm1(r) is off by 2^-26.2 (2^-54.6). */
GG_INLINE float gg_exp_tail_f(float r) {
    float p = 1.388252014e-03f;
    p = GG_FMA_F(p, r, 8.366646245e-03f);
    p = GG_FMA_F(p, r, 4.166720435e-02f);
    p = GG_FMA_F(p, r, 1.666654199e-01f);
    return GG_FMA_F(p, r, 4.999999702e-01f);
}
GG_INLINE double gg_exp_tail_d(double r) {
    double p = 2.5110270503712737e-08;
    p = GG_FMA_D(p, r, 2.763294264155675e-07);
    p = GG_FMA_D(p, r, 2.755724175030404e-06);
    p = GG_FMA_D(p, r, 2.480148656347127e-05);
    p = GG_FMA_D(p, r, 0.00019841269887110348);
    p = GG_FMA_D(p, r, 0.0013888888948496267);
    p = GG_FMA_D(p, r, 0.008333333333322037);
    p = GG_FMA_D(p, r, 0.041666666666519775);
    p = GG_FMA_D(p, r, 0.16666666666666674);
    return GG_FMA_D(p, r, 0.500000000000001);
}

GG_INLINE float gg_exp_f(float x) {
    x = gg_clamp_f(x, -104.0f, 89.0f);
    float t = GG_FMA_F(x, 1.442695022e+00f, GG_ROUND_F);
    float r = gg_minus_ln2_f(x, t - GG_ROUND_F);
    return gg_scale_f(GG_FMA_F(GG_FMA_F(gg_exp_tail_f(r), r, 1.0f), r, 1.0f), t);
}
GG_INLINE double gg_exp_d(double x) {
    x = gg_clamp_d(x, -746.0, 710.0);
    double t = GG_FMA_D(x, 1.4426950408889634, GG_ROUND_D);
    double r = gg_minus_ln2_d(x, t - GG_ROUND_D);
    return gg_scale_d(GG_FMA_D(GG_FMA_D(gg_exp_tail_d(r), r, 1.0), r, 1.0), t);
}

/* Here x - n is exact, and the fit is of (2^r - 1) / r, where |r| <= 1/2. */
GG_INLINE float gg_exp2_f(float x) {
    x = gg_clamp_f(x, -151.0f, 129.0f);
    float t = x + GG_ROUND_F, r = x - (t - GG_ROUND_F);
    float p = 1.546986459e-04f;
    p = GG_FMA_F(p, r, 1.341015450e-03f);
    p = GG_FMA_F(p, r, 9.618029930e-03f);
    p = GG_FMA_F(p, r, 5.550296977e-02f);
    p = GG_FMA_F(p, r, 2.402265072e-01f);
    p = GG_FMA_F(p, r, 6.931472421e-01f);
    return gg_scale_f(GG_FMA_F(p, r, 1.0f), t);
}
GG_INLINE double gg_exp2_d(double x) {
    x = gg_clamp_d(x, -1076.0, 1025.0);
    double t = x + GG_ROUND_D, r = x - (t - GG_ROUND_D);
    double p = 4.4347535692959667e-10;
    p = GG_FMA_D(p, r, 7.073820751225086e-09);
    p = GG_FMA_D(p, r, 1.0178199998443164e-07);
    p = GG_FMA_D(p, r, 1.3215435077615274e-06);
    p = GG_FMA_D(p, r, 1.525273349133399e-05);
    p = GG_FMA_D(p, r, 0.00015403530457491947);
    p = GG_FMA_D(p, r, 0.001333355814677731);
    p = GG_FMA_D(p, r, 0.009618129107593847);
    p = GG_FMA_D(p, r, 0.05550410866482007);
    p = GG_FMA_D(p, r, 0.2402265069591013);
    p = GG_FMA_D(p, r, 0.6931471805599453);
    return gg_scale_d(GG_FMA_D(p, r, 1.0), t);
}

/* e^x - 1 = 2^n expm1(r) + (2^n - 1), both halved, because 2^n overflows before the sum does. Where e^x - 1 rounds to x
   it is x: the sum would lose the sign of -0, and the half the last digit of a subnormal. Below the lower bound the
   result is -1, to all digits. */
GG_INLINE float gg_expm1_f(float x) {
    float c = gg_clamp_f(x, -30.0f, 89.0f);
    float t = GG_FMA_F(c, 1.442695022e+00f, GG_ROUND_F);
    float r = gg_minus_ln2_f(c, t - GG_ROUND_F);
    float half = gg_power_f(t - 1.0f);
    float y = 2.0f * GG_FMA_F(half, GG_FMA_F(gg_exp_tail_f(r), r * r, r), half - 0.5f);
    return __builtin_fabsf(x) < 1e-8f ? x : y;
}
GG_INLINE double gg_expm1_d(double x) {
    double c = gg_clamp_d(x, -60.0, 710.0);
    double t = GG_FMA_D(c, 1.4426950408889634, GG_ROUND_D);
    double r = gg_minus_ln2_d(c, t - GG_ROUND_D);
    double half = gg_power_d(t - 1.0);
    double y = 2.0 * GG_FMA_D(half, GG_FMA_D(gg_exp_tail_d(r), r * r, r), half - 0.5);
    return __builtin_fabs(x) < 1e-17 ? x : y;
}

/* tanh |x| = d / (d + 2) with d = expm1(2 |x|), which keeps all digits near 0; from the bound on it is 1. For small d
   the same as d / 2 - d / 2 * d / (d + 2), where the quotient is a correction only, saves 0.5 ulp. */
GG_INLINE float gg_tanh_f(float x) {
    float a = __builtin_fabsf(x), c = gg_clamp_f(a + a, 0.0f, 20.0f);
    float t = GG_FMA_F(c, 1.442695022e+00f, GG_ROUND_F);
    float r = gg_minus_ln2_f(c, t - GG_ROUND_F);
    float power = gg_power_f(t);
    float d = GG_FMA_F(power, GG_FMA_F(gg_exp_tail_f(r), r * r, r), power - 1.0f);
    float q = d / (d + 2.0f), h = 0.5f * d;
    return __builtin_copysignf(c < 0.8f ? GG_FMA_F(-h, q, h) : q, x);
}
GG_INLINE double gg_tanh_d(double x) {
    double a = __builtin_fabs(x), c = gg_clamp_d(a + a, 0.0, 40.0);
    double t = GG_FMA_D(c, 1.4426950408889634, GG_ROUND_D);
    double r = gg_minus_ln2_d(c, t - GG_ROUND_D);
    double power = gg_power_d(t);
    double d = GG_FMA_D(power, GG_FMA_D(gg_exp_tail_d(r), r * r, r), power - 1.0);
    double q = d / (d + 2.0), h = 0.5 * d;
    return __builtin_copysign(c < 0.8 ? GG_FMA_D(-h, q, h) : q, x);
}

/* ---- logarithms ---------------------------------------------------------------------------------------------------

   x = 2^e (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2), and log(x) = e log(2) + log(1 + f). Subtracting the bits of
   sqrt(1/2) from those of x makes the bits of the exponent e, and those below it what 1 + f has over sqrt(1/2). A
   subnormal is first multiplied by a power of two. */

#define GG_SQRT_HALF_F 0x3f3504f3u
#define GG_SQRT_HALF_D 0x3fe6a09e667f3bcdull

typedef struct { float e, f; } gg_split_f;
typedef struct { double e, f; } gg_split_d;

/* The bits that hold e + 127 (e + 1023) above the mantissa. */
GG_INLINE uint32_t gg_log_bits_f(float x) { return gg_bits_f(x) + (0x3f800000u - GG_SQRT_HALF_F); }
GG_INLINE uint64_t gg_log_bits_d(double x) { return gg_bits_d(x) + (0x3ff0000000000000ull - GG_SQRT_HALF_D); }

/* An unsigned integer below 2^52 as a double, less a bias: conversion of 64 bits takes AVX-512, this takes SSE2. */
GG_INLINE double gg_less_d(uint64_t k, double bias) {
    return gg_of_bits_d(k | 0x4330000000000000ull) - (4503599627370496.0 + bias);
}

GG_INLINE gg_split_f gg_log_split_f(float x) {
    int small = x < FLT_MIN;
    uint32_t u = gg_log_bits_f(small ? x * 16777216.0f : x);
    float f = gg_of_bits_f((u & 0x007fffffu) + GG_SQRT_HALF_F) - 1.0f;
    return (gg_split_f){(float)(int32_t)(u >> 23) - (small ? 151.0f : 127.0f), f};
}
GG_INLINE gg_split_d gg_log_split_d(double x) {
    int small = x < DBL_MIN;
    uint64_t u = gg_log_bits_d(small ? x * 18014398509481984.0 : x);
    double f = gg_of_bits_d((u & 0x000fffffffffffffull) + GG_SQRT_HALF_D) - 1.0;
    return (gg_split_d){gg_less_d(u >> 52, 1023.0) - (small ? 54.0 : 0.0), f};
}

/* log(1 + f) - f: off by 2^-27.9 (2^-58.6) of log(1 + f). In double the fit is of the series in s = f / (2 + f). */
GG_INLINE float gg_log_tail_f(float f) {
    float p = -7.622866333e-02f;
    p = GG_FMA_F(p, f, 1.290626675e-01f);
    p = GG_FMA_F(p, f, -1.324346960e-01f);
    p = GG_FMA_F(p, f, 1.418158859e-01f);
    p = GG_FMA_F(p, f, -1.660900116e-01f);
    p = GG_FMA_F(p, f, 2.000198215e-01f);
    p = GG_FMA_F(p, f, -2.500158548e-01f);
    p = GG_FMA_F(p, f, 3.333332539e-01f);
    p = GG_FMA_F(p, f, -4.999998808e-01f);
    return p * (f * f);
}
GG_INLINE double gg_log_tail_d(double f) {
    double s = f / (2.0 + f), z = s * s, half_square = 0.5 * f * f;
    double p = 0.148116218302119;
    p = GG_FMA_D(p, z, 0.15313059980923666);
    p = GG_FMA_D(p, z, 0.18183575344601985);
    p = GG_FMA_D(p, z, 0.2222219902439427);
    p = GG_FMA_D(p, z, 0.2857142872984981);
    p = GG_FMA_D(p, z, 0.39999999999517766);
    p = GG_FMA_D(p, z, 0.666666666666671);
    return GG_FMA_D(s, GG_FMA_D(z, p, half_square), -half_square);
}

/* y, or what a logarithm is at 0, below 0, at inf and at nan. */
GG_INLINE float gg_log_ends_f(float y, float x) {
    float end = x == 0.0f ? -INFINITY : NAN;
    y = x < INFINITY ? y : x;
    return x > 0.0f ? y : end;
}
GG_INLINE double gg_log_ends_d(double y, double x) {
    double end = x == 0.0 ? -(double)INFINITY : (double)NAN;
    y = x < (double)INFINITY ? y : x;
    return x > 0.0 ? y : end;
}

/* e ln 2 + log(1 + f). */
GG_INLINE float gg_log_sum_f(gg_split_f s) {
    float low = GG_FMA_F(s.e, 3.194618330e-05f, gg_log_tail_f(s.f));
    return GG_FMA_F(s.e, 6.931152344e-01f, s.f + low);
}
GG_INLINE double gg_log_sum_d(gg_split_d s) {
    double low = GG_FMA_D(s.e, 7.371002565167799e-13, gg_log_tail_d(s.f));
    return GG_FMA_D(s.e, 0.6931471805592082, s.f + low);
}

GG_INLINE float gg_log_f(float x) { return gg_log_ends_f(gg_log_sum_f(gg_log_split_f(x)), x); }
GG_INLINE double gg_log_d(double x) { return gg_log_ends_d(gg_log_sum_d(gg_log_split_d(x)), x); }

/* To another base the sum is multiplied by log2(e), or log10(e), as a high and a low part; e is not, so that the
   logarithm to base 2 of a power of two is exact. */
GG_INLINE float gg_log2_f(float x) {
    gg_split_f s = gg_log_split_f(x);
    float low = GG_FMA_F(gg_log_tail_f(s.f), 1.442695022e+00f, s.f * 1.925963034e-08f);
    return gg_log_ends_f(s.e + GG_FMA_F(s.f, 1.442695022e+00f, low), x);
}
GG_INLINE double gg_log2_d(double x) {
    gg_split_d s = gg_log_split_d(x);
    double low = GG_FMA_D(gg_log_tail_d(s.f), 1.4426950408889634, s.f * 2.0355273740931033e-17);
    return gg_log_ends_d(s.e + GG_FMA_D(s.f, 1.4426950408889634, low), x);
}
GG_INLINE float gg_log10_f(float x) {
    gg_split_f s = gg_log_split_f(x);
    float low = GG_FMA_F(gg_log_tail_f(s.f), 4.342944920e-01f, s.f * -1.010304995e-08f);
    low = GG_FMA_F(s.e, 4.605039067e-06f, low);
    return gg_log_ends_f(GG_FMA_F(s.e, 3.010253906e-01f, GG_FMA_F(s.f, 4.342944920e-01f, low)), x);
}
GG_INLINE double gg_log10_d(double x) {
    gg_split_d s = gg_log_split_d(x);
    double low = GG_FMA_D(gg_log_tail_d(s.f), 0.4342944819032518, s.f * 1.098319650216765e-17);
    low = GG_FMA_D(s.e, 3.694239077158931e-13, low);
    return gg_log_ends_d(GG_FMA_D(s.e, 0.30102999566361177, GG_FMA_D(s.f, 0.4342944819032518, low)), x);
}

/* log(1 + x): the rounded 1 + x chooses e only, and f = 2^-e x + (2^-e - 1) has one rounding, of a small number. The
   scale is 2^(2-e), since 2^-e itself may be subnormal. Near 0 f is x; the sign of -0 is put back. */
GG_INLINE float gg_log1p_f(float x) {
    float sum = 1.0f + x;
    uint32_t k = gg_log_bits_f(sum) >> 23;
    float scale = gg_of_bits_f((256u - k) << 23);
    float f = GG_FMA_F(x * scale, 0.25f, GG_FMA_F(scale, 0.25f, -1.0f));
    float y = gg_log_sum_f((gg_split_f){(float)(int32_t)k - 127.0f, f});
    y = x < INFINITY ? y : x;
    y = x > -1.0f ? y : x == -1.0f ? -INFINITY : NAN;
    return __builtin_copysignf(y, x);
}
GG_INLINE double gg_log1p_d(double x) {
    double sum = 1.0 + x;
    uint64_t k = gg_log_bits_d(sum) >> 52;
    double scale = gg_of_bits_d((2048u - k) << 52);
    double f = GG_FMA_D(x * scale, 0.25, GG_FMA_D(scale, 0.25, -1.0));
    double y = gg_log_sum_d((gg_split_d){gg_less_d(k, 1023.0), f});
    y = x < (double)INFINITY ? y : x;
    y = x > -1.0 ? y : x == -1.0 ? -(double)INFINITY : (double)NAN;
    return __builtin_copysign(y, x);
}

/* ---- sine and cosine ----------------------------------------------------------------------------------------------

   gg_sin and gg_cos are libm's, one element at a time: what is left of a large argument by multiples of pi / 2 takes
   hundreds of digits of pi, chosen by its exponent. gg_sin_near and gg_cos_near vectorise and are right where
   |x| <= GG_NEAR, and at nan, so that the loop over a block of elements can be chosen by the largest of them:

       for (i = 0; i < n; i++) far |= fabsf(x[i]) > GG_NEAR;
       if (far) for (i = 0; i < n; i++) y[i] = gg_sin_f(x[i]);
       else for (i = 0; i < n; i++) y[i] = gg_sin_near_f(x[i]);

   x = n pi / 2 + r with |r| <= pi / 4, and n mod 4 says which of ±sin(r) and ±cos(r) it is. pi / 2 is a sum of parts
   of 33 bits, whose products with n, below 2^20, are exact. The float form reduces in double, where two parts are
   enough: r then has all its digits, however near x is to a multiple of pi / 2. */

#define GG_NEAR 1048576.0f

GG_INLINE float gg_sin_f(float x) { return sinf(x); }
GG_INLINE double gg_sin_d(double x) { return sin(x); }
GG_INLINE float gg_cos_f(float x) { return cosf(x); }
GG_INLINE double gg_cos_d(double x) { return cos(x); }

#define GG_INTEGER_D 6755399441055744.0 /* 1.5 * 2^52 */

typedef struct { float r; uint32_t n; } gg_turn_f;
typedef struct { double r; uint64_t n; } gg_turn_d;

GG_INLINE gg_turn_f gg_quarters_f(float x) {
    double t = GG_FMA_D((double)x, 0.6366197723675814, GG_INTEGER_D), n = t - GG_INTEGER_D;
    double r = GG_FMA_D(n, -6.077100506506192e-11, GG_FMA_D(n, -1.5707963267341256, (double)x));
    return (gg_turn_f){(float)r, (uint32_t)gg_bits_d(t)};
}
GG_INLINE gg_turn_d gg_quarters_d(double x) {
    double t = GG_FMA_D(x, 0.6366197723675814, GG_INTEGER_D), n = t - GG_INTEGER_D;
    double r = GG_FMA_D(n, -6.077100506303966e-11, GG_FMA_D(n, -1.5707963267341256, x));
    r = GG_FMA_D(n, -8.4784276603689e-32, GG_FMA_D(n, -2.0222662487111665e-21, r));
    return (gg_turn_d){r, gg_bits_d(t)};
}

/* The sine of n pi / 2 + r: off by 2^-27.3 (2^-57.2). In double, 1 - z / 2 is corrected by what its rounding lost. */
GG_INLINE float gg_turned_f(float r, uint32_t n) {
    float z = r * r;
    float p = GG_FMA_F(GG_FMA_F(-1.950362785e-04f, z, 8.332098834e-03f), z, -1.666665524e-01f);
    float q = GG_FMA_F(GG_FMA_F(2.437946205e-05f, z, -1.388667850e-03f), z, 4.166662320e-02f);
    float sine = GG_FMA_F(p, z * r, r), cosine = GG_FMA_F(GG_FMA_F(q, z, -0.5f), z, 1.0f);
    return gg_of_bits_f(gg_bits_f(n & 1 ? cosine : sine) ^ (n & 2) << 30);
}
GG_INLINE double gg_turned_d(double r, uint64_t n) {
    double z = r * r, half = 0.5 * z, one = 1.0 - half;
    double p = 1.5894579781530654e-10;
    p = GG_FMA_D(p, z, -2.505073237964674e-08);
    p = GG_FMA_D(p, z, 2.755731363850439e-06);
    p = GG_FMA_D(p, z, -0.00019841269830108826);
    p = GG_FMA_D(p, z, 0.008333333333323624);
    p = GG_FMA_D(p, z, -0.1666666666666664);
    double q = -1.1367900041942986e-11;
    q = GG_FMA_D(q, z, 2.0875896367569378e-09);
    q = GG_FMA_D(q, z, -2.7557315730261363e-07);
    q = GG_FMA_D(q, z, 2.480158729460575e-05);
    q = GG_FMA_D(q, z, -0.0013888888888882816);
    q = GG_FMA_D(q, z, 0.04166666666666665);
    double sine = GG_FMA_D(p, z * r, r), cosine = one + GG_FMA_D(q, z * z, 1.0 - one - half);
    return gg_of_bits_d(gg_bits_d(n & 1 ? cosine : sine) ^ (n & 2) << 62);
}

GG_INLINE float gg_sin_near_f(float x) {
    gg_turn_f q = gg_quarters_f(x);
    return x == 0.0f ? x : gg_turned_f(q.r, q.n);
}
GG_INLINE double gg_sin_near_d(double x) {
    gg_turn_d q = gg_quarters_d(x);
    return x == 0.0 ? x : gg_turned_d(q.r, q.n);
}
GG_INLINE float gg_cos_near_f(float x) {
    gg_turn_f q = gg_quarters_f(x);
    return gg_turned_f(q.r, q.n + 1);
}
GG_INLINE double gg_cos_near_d(double x) {
    gg_turn_d q = gg_quarters_d(x);
    return gg_turned_d(q.r, q.n + 1);
}

#endif
