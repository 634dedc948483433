// Nest's packages import each other in a cycle that Jest's module loader only resolves in this order.
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';
