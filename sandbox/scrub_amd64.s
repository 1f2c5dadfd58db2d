#include "go_asm.h"
#include "textflag.h"

// func flush(start *byte, size int)
TEXT ·flush(SB), NOSPLIT, $0-16
	MOVQ start+0(FP), AX
	MOVQ size+8(FP), CX
	ADDQ AX, CX
	CMPB ·canFlushUnordered(SB), $0
	JEQ  ordered

unordered:
	CMPQ AX, CX
	JCC  done
	CLFLUSHOPT (AX)
	ADDQ $const_lineSize, AX
	JMP  unordered

ordered:
	CMPQ AX, CX
	JCC  done
	CLFLUSH (AX)
	ADDQ $const_lineSize, AX
	JMP  ordered

done:
	SFENCE
	RET

// func hasFlushUnordered() bool
TEXT ·hasFlushUnordered(SB), NOSPLIT, $0-1
	MOVB $0, ret+0(FP)
	XORL AX, AX
	CPUID
	CMPL AX, $7
	JCS  none
	MOVL $7, AX
	XORL CX, CX
	CPUID
	SHRL $23, BX
	ANDL $1, BX
	MOVB BX, ret+0(FP)

none:
	RET
